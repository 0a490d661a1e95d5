import { useState } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { now } from "../shared/now";
import type { Proposal } from "../shared/nouns";
import { whenWords } from "../shared/time";
import { lang, say, sayProblem } from "../shared/words";
import type { Actions } from "./actions";
import { Lines } from "./Lines";

/** A change in writing, and the two buttons: nothing moves without the first. */
export function ProposalCard({ proposal, actions }: { proposal: Proposal; actions: Actions | null }) {
  const { lines, options, chosen } = proposal.terms;
  const [picked, setPicked] = useState<string | null>(null);
  const settling = actions?.settling(proposal.id) ?? null;
  const isOut = proposal.state === "offered" && now.value.getTime() > Date.parse(proposal.expires_at);
  const state = isOut && !settling?.busy ? "expired" : proposal.state;
  const isUnderWay = settling?.slug === "change-under-way" || (state === "pending" && settling?.busy !== true);
  const isOpen = state === "offered" && actions !== null && !isUnderWay;
  const option = settling?.option ?? chosen ?? picked ?? options[0]?.id ?? null;
  const isFixed = !isOpen || settling?.busy === true || settling?.unsure === true;
  return (
    <section class="card proposal" data-testid="proposal-card" data-state={state} data-busy={settling?.busy ?? false} aria-label={proposal.title}>
      <header class="card-head">
        <Icon name="swap" />
        <div>
          <p class="card-eyebrow">{say("proposal.heading")}</p>
          <h3>{proposal.title}</h3>
        </div>
      </header>
      <Lines lines={lines} />
      {options.length > 0 && (
        <fieldset class="options" disabled={isFixed}>
          <legend>{say("proposal.options")}</legend>
          {options.map((one) => (
            <label key={one.id} class="option" data-testid="proposal-option" data-chosen={one.id === option}>
              <input type="radio" name={`option-${proposal.id}`} value={one.id} checked={one.id === option} onChange={() => setPicked(one.id)} />
              <span class="option-label">{one.label}</span>
              {one.note && <span class="option-note">{one.note}</span>}
            </label>
          ))}
        </fieldset>
      )}
      {settling?.slug && !isUnderWay && <p class="card-problem" role="alert">{sayProblem(settling.slug)}</p>}
      {settling?.unsure && <p class="card-problem" role="alert">{say("proposal.unsure")}</p>}
      {isOpen && actions ? (
        <>
          <p class="card-note">{say("proposal.nothingYet", { when: whenWords(proposal.expires_at, now.value, lang.value) })}</p>
          <div class="card-buttons">
            <button type="button" class="button primary" data-testid="confirm" disabled={settling?.busy} onClick={() => actions.confirm(proposal.id, option)}>
              {settling?.busy ? say("proposal.pending") : say("proposal.confirm")}
            </button>
            <button type="button" class="button" data-testid="decline" disabled={settling?.busy || settling?.unsure} onClick={() => actions.decline(proposal.id)}>
              {say("proposal.decline")}
            </button>
          </div>
        </>
      ) : (
        <p class="card-state" data-state={state} role="status">
          {state === "executed" && <Icon name="check" />}
          {isUnderWay && <Icon name="clock" />}
          {isUnderWay ? sayProblem("change-under-way") : state === "offered" ? say("proposal.validUntil", { when: whenWords(proposal.expires_at, now.value, lang.value) }) : say(`proposal.${state}`)}
        </p>
      )}
    </section>
  );
}
