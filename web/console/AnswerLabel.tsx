import { say } from "../shared/words";
import type { Label } from "./nouns";
import { isBusy, label } from "./open";

/** Was this answer (or the draft behind this hand-off) right? What staff say teaches the confidence; a second tap takes it back. */
export function AnswerLabel({ messageId, said, handedOver }: { messageId: string; said: Label | null; handedOver: boolean }) {
  return (
    <span class="thumbs" role="group" aria-label={say(handedOver ? "desk.labelDraft" : "desk.labelAnswer")}>
      <span class="thumbed">{say(handedOver ? "desk.labelDraft" : "desk.labelAnswer")}</span>
      {(["right", "wrong"] as const).map((one) => (
        <button key={one} type="button" class="answer-label" data-testid={`label-${one}`} aria-pressed={said === one} disabled={isBusy.value}
          onClick={() => void label(messageId, one)}>{say(`desk.label_${one}`)}</button>
      ))}
    </span>
  );
}
