import { Icon, type IconName } from "../shared/Icon";
import { now } from "../shared/now";
import type { Proposal, ProposalState } from "../shared/nouns";
import { whenWords } from "../shared/time";
import { lang, say, sayProblem } from "../shared/words";

const icons: Partial<Record<ProposalState, IconName>> = { executed: "check", undone: "undo", unknown: "clock" };

/** How a proposal stands once nothing can be chosen any more, in a sentence. */
export function Settled({ proposal, state, isUnderWay }: { proposal: Proposal; state: ProposalState; isUnderWay: boolean }) {
  const icon = isUnderWay ? "clock" : icons[state];
  return (
    <p class="card-state" data-testid="proposal-state" data-state={isUnderWay ? "unknown" : state} role="status">
      {icon && <Icon name={icon} />}
      <span>{words(proposal, state, isUnderWay)}</span>
    </p>
  );
}

function words(proposal: Proposal, state: ProposalState, isUnderWay: boolean): string {
  if (isUnderWay || state === "unknown") return sayProblem("change-under-way");
  if (state === "offered") return say("proposal.validUntil", { when: whenWords(proposal.expires_at, now.value, lang.value) });
  return say(`proposal.${state}`);
}
