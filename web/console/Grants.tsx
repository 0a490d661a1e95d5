import { ErrorBanner } from "../shared/ErrorBanner";
import { Icon } from "../shared/Icon";
import { moneyWords } from "../shared/money";
import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say, sayRefusal, type Word } from "../shared/words";
import { iconOf } from "../talk/kinds";
import { isLead, staff } from "./desk";
import { GrantForm } from "./GrantForm";
import { approve, grants, isBusy, isFormOpen, refuse, refused } from "./granting";
import type { Booking, Grant } from "./nouns";
import { isOurs } from "./open";

/** What was given on this ticket beyond the rules, and for who holds it the way to give more. */
export function Grants({ bookings }: { bookings: Booking[] }) {
  if (!isOurs.value && grants.value.length === 0 && !refused.value) return null;
  return (
    <section class="brief-grants" data-testid="grants">
      <h3>{say("grant.heading")}</h3>
      {grants.value.length > 0 && <ul class="plain-list">{grants.value.map((one) => <OneGrant key={one.id} grant={one} />)}</ul>}
      {refused.value && !isFormOpen.value && <ErrorBanner text={sayRefusal(refused.value)} dismiss={() => (refused.value = null)} />}
      {isOurs.value && (
        <button type="button" class="button small" data-testid="grant-open" onClick={() => (isFormOpen.value = true)}>
          <Icon name="gift" /> {say("grant.open")}
        </button>
      )}
      {isOurs.value && <GrantForm bookings={bookings} />}
    </section>
  );
}

function OneGrant({ grant }: { grant: Grant }) {
  const { kind, amount, currency, by } = grant;
  const waits = grant.state === "waiting_approval";
  const mayDecide = waits && isLead.value && by !== staff.value?.name;
  return (
    <li class="grant" data-testid="grant" data-state={grant.state}>
      <p class="grant-head">
        <Icon name={iconOf(kind)} />
        <strong>{say(`grant.kind_${kind}`)}{Number(amount) > 0 && ` · ${moneyWords(amount, currency, lang.value)}`}</strong>
        <span class="tag" data-tone={tones[grant.state]}>{say(states[grant.state])}</span>
      </p>
      <p>{grant.reason}</p>
      <p class="faint">
        {say("grant.by", { name: by, when: whenWords(grant.at, now.value, lang.value) })}
        {grant.approved_by && <> · {say("grant.approvedBy", { name: grant.approved_by })}</>}
      </p>
      {mayDecide && (
        <div class="grant-buttons">
          <button type="button" class="button small" data-testid="grant-refuse" disabled={isBusy.value} onClick={() => refuse(grant.id)}>{say("grant.refuse")}</button>
          <button type="button" class="button small primary" data-testid="grant-approve" disabled={isBusy.value} onClick={() => approve(grant.id)}>{say("grant.approve")}</button>
        </div>
      )}
      {waits && !mayDecide && <p class="faint">{say("grant.waitsForLead", { name: by })}</p>}
    </li>
  );
}

type State = Grant["state"];
const tones: Partial<Record<State, string>> = {
  waiting_approval: "person", offered: "accent", pending: "accent", unknown: "person", executed: "good", refused: "bad", failed: "bad",
};
const states: Record<State, Word> = {
  waiting_approval: "grant.state_waiting_approval",
  refused: "grant.state_refused",
  offered: "grant.state_offered",
  pending: "grant.state_pending",
  unknown: "grant.state_unknown",
  executed: "grant.state_executed",
  undone: "grant.state_undone",
  failed: "grant.state_failed",
  declined: "grant.state_declined",
  expired: "grant.state_expired",
};
