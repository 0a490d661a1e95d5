/** What a change looks like and what its button says, by its kind. */
import type { IconName } from "../shared/Icon";
import type { ChangeKind, MomentKind } from "../shared/nouns";
import type { Word } from "../shared/words";

const icons: Record<ChangeKind, IconName> = {
  rebooking: "swap",
  refund: "refund",
  payment: "coins",
  voucher: "voucher",
  seat: "seat",
  bag: "bag",
  lounge: "lounge",
};

const moments: Record<MomentKind, Word> = {
  delay: "offer.delay",
  cancellation: "offer.cancellation",
  schedule_change: "offer.schedule_change",
  return_soon: "offer.return_soon",
  complaint: "offer.complaint",
  tier_reached: "offer.tier_reached",
  credit_expiring: "offer.credit_expiring",
  rating: "offer.rating",
};

/** A kind of tomorrow is drawn as a change like any other. */
export function iconOf(kind: ChangeKind | undefined): IconName {
  return (kind && icons[kind]) ?? "swap";
}

export function confirmWord(kind: ChangeKind | undefined): Word {
  return kind && kind in icons ? `proposal.confirm_${kind}` : "proposal.confirm";
}

/** Why now: the moment at which something is offered unasked. */
export function momentWord(moment: MomentKind): Word {
  return moments[moment] ?? "offer.other";
}
