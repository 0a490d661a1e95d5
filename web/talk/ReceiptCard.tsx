import type { Proposal, Receipt } from "../shared/nouns";
import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import type { Actions } from "./actions";
import { CardHead } from "./CardHead";
import { iconOf } from "./kinds";
import { Lines } from "./Lines";
import { Undo } from "./Undo";

interface Props {
  receipt: Receipt;
  /** What it is the receipt of, when the card is still there. */
  proposal: Proposal | null;
  /** Of the taking back itself, and of what has been taken back since. */
  part: "done" | "undoing" | "undone";
  actions: Actions | null;
}

/** Proof of what was carried out, and of what was taken back. */
export function ReceiptCard({ receipt, proposal, part, actions }: Props) {
  const isNamed = receipt.lines.some((line) => line.value === receipt.reference);
  return (
    <section class="card receipt" data-testid="receipt-card" data-kind={proposal?.kind} data-part={part} aria-label={receipt.title}>
      <CardHead icon={part === "undoing" ? "undo" : proposal?.kind ? iconOf(proposal.kind) : "receipt"} eyebrow={say(`receipt.${part}`)} title={receipt.title} />
      <Lines lines={receipt.lines} />
      <p class="receipt-foot">
        {!isNamed && <span>{say("receipt.reference")} <strong class="reference">{receipt.reference}</strong></span>}
        <span>{say("receipt.at", { when: whenWords(receipt.executed_at, now.value, lang.value) })}</span>
      </p>
      {part === "done" && proposal && actions && <Undo proposal={proposal} actions={actions} />}
    </section>
  );
}
