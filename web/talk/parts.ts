/** A proposal may have two receipts: of the change, and of its being taken back. */
import type { Talk } from "../shared/fold";
import type { Receipt } from "../shared/nouns";

export function partOf(receipt: Receipt, talk: Talk): "done" | "undoing" | "undone" {
  if (talk.proposals[receipt.proposal_id]?.state !== "undone") return "done";
  const all = Object.values(talk.receipts).filter((one) => one.proposal_id === receipt.proposal_id);
  return all.length > 1 && all[all.length - 1]?.id === receipt.id ? "undoing" : "undone";
}
