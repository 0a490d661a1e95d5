import { useState } from "preact/hooks";
import { now } from "../shared/now";
import type { Proposal } from "../shared/nouns";
import { whenWords } from "../shared/time";
import { lang, say, sayProblem } from "../shared/words";
import type { Actions, Settling } from "./actions";
import { CardHead } from "./CardHead";
import { confirmWord, iconOf } from "./kinds";
import { Lines } from "./Lines";
import { ProposalOptions } from "./ProposalOptions";
import { Settled } from "./Settled";
import { Why, whyWords } from "./Why";

/** A change in writing, and the two buttons: nothing moves without the first. */
export function ProposalCard({ proposal, actions }: { proposal: Proposal; actions: Actions | null }) {
  const { lines, options, chosen } = proposal.terms;
  const [picked, setPicked] = useState<string | null>(null);
  const settling = ofConfirming(proposal.id, actions);
  const isOut = proposal.state === "offered" && now.value.getTime() > Date.parse(proposal.expires_at);
  const state = isOut && !settling?.busy ? "expired" : proposal.state;
  const isUnderWay = settling?.slug === "change-under-way" || (state === "pending" && settling?.busy !== true);
  const isOpen = state === "offered" && actions !== null && !isUnderWay;
  const option = settling?.option ?? chosen ?? picked ?? options[0]?.id ?? null;
  const isFixed = !isOpen || settling?.busy === true || settling?.unsure === true;
  return (
    <section class="card proposal" data-testid="proposal-card" data-kind={proposal.kind} data-state={state} data-offer={proposal.offer?.moment}
      data-busy={settling?.busy ?? false} aria-label={proposal.title}>
      <CardHead icon={iconOf(proposal.kind)} eyebrow={whyWords(proposal)} title={proposal.title} />
      <Why proposal={proposal} />
      <Lines lines={lines} />
      <ProposalOptions proposalId={proposal.id} options={options} chosen={option} isFixed={isFixed} onPick={setPicked} />
      {settling?.unsure && <p class="card-problem" role="alert">{say("proposal.unsure")}</p>}
      {settling?.slug && !isUnderWay && <p class="card-problem" role="alert">{sayProblem(settling.slug)}</p>}
      {isOpen && actions ? (
        <>
          <p class="card-note">{say("proposal.nothingYet", { when: whenWords(proposal.expires_at, now.value, lang.value) })}</p>
          <div class="card-buttons">
            <button type="button" class="button primary" data-testid="confirm" disabled={settling?.busy} onClick={() => actions.confirm(proposal.id, option)}>
              {settling?.busy ? say("proposal.pending") : say(confirmWord(proposal.kind))}
            </button>
            <button type="button" class="button" data-testid="decline" disabled={settling?.busy || settling?.unsure} onClick={() => actions.decline(proposal.id)}>
              {say("proposal.decline")}
            </button>
          </div>
        </>
      ) : (
        <Settled proposal={proposal} state={state} isUnderWay={isUnderWay} />
      )}
    </section>
  );
}

/** The yes or no on its way; taking back is told on the receipt. */
function ofConfirming(id: string, actions: Actions | null): Settling | null {
  const settling = actions?.settling(id) ?? null;
  return settling?.deed === "undo" ? null : settling;
}
