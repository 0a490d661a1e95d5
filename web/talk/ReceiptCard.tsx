import { Icon } from "../shared/Icon";
import type { Receipt } from "../shared/nouns";
import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { Lines } from "./Lines";

/** Proof of what was carried out. */
export function ReceiptCard({ receipt }: { receipt: Receipt }) {
  const isNamed = receipt.lines.some((line) => line.value === receipt.reference);
  return (
    <section class="card receipt" data-testid="receipt-card" aria-label={receipt.title}>
      <header class="card-head">
        <Icon name="receipt" />
        <div>
          <p class="card-eyebrow">{say("receipt.heading")}</p>
          <h3>{receipt.title}</h3>
        </div>
      </header>
      <Lines lines={receipt.lines} />
      <p class="receipt-foot">
        {!isNamed && <span>{say("receipt.reference")} <strong class="reference">{receipt.reference}</strong></span>}
        <span>{say("receipt.at", { when: whenWords(receipt.executed_at, now.value, lang.value) })}</span>
      </p>
    </section>
  );
}
