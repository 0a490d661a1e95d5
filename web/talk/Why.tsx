import { say } from "../shared/words";
import { momentWord } from "./kinds";
import type { Proposal } from "../shared/nouns";

/** Above the title: offered at a moment, granted by somebody, or asked for. */
export function whyWords({ offer, granted }: Proposal): string {
  if (offer) return say(momentWord(offer.moment));
  return granted ? say("proposal.grantedBy", { name: granted.by }) : say("proposal.heading");
}

/** The reason in full, as the server words it. */
export function Why({ proposal }: { proposal: Proposal }) {
  const reason = proposal.offer?.reason;
  return reason ? <p class="card-reason" data-testid="proposal-reason">{reason}</p> : null;
}
