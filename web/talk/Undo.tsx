import { Icon } from "../shared/Icon";
import { now } from "../shared/now";
import type { Proposal } from "../shared/nouns";
import { Twice } from "../shared/Twice";
import { lengthWords, whenWords } from "../shared/time";
import { lang, say, sayProblem } from "../shared/words";
import type { Actions } from "./actions";

/** Taking back what was carried out, while the airline allows it. */
export function Undo({ proposal, actions }: { proposal: Proposal; actions: Actions }) {
  const settling = actions.settling(proposal.id);
  const left = proposal.undo_until ? Date.parse(proposal.undo_until) - now.value.getTime() : 0;
  const isOver = left <= 0 && !settling?.busy && !settling?.unsure;
  if (!proposal.undo_until || proposal.state !== "executed" || (isOver && !settling?.slug)) return null;
  const isUnderWay = settling?.slug === "change-under-way";
  const until = { when: whenWords(proposal.undo_until, now.value, lang.value), length: lengthWords(left, lang.value) };
  return (
    <div class="undo" data-testid="undo-place" data-busy={settling?.busy ?? false}>
      {settling?.unsure && <p class="card-problem" role="alert">{say("receipt.undoUnsure")}</p>}
      {settling?.slug && <p class={isUnderWay ? "card-note" : "card-problem"} role={isUnderWay ? "status" : "alert"}>{sayProblem(settling.slug)}</p>}
      {!isOver && !isUnderWay && (
        <>
          <Twice label={<><Icon name="undo" /> {say(settling?.busy ? "receipt.undoing_now" : "receipt.undo")}</>} question={say("receipt.undoSure")} yes={say("receipt.undoYes")}
            no={say("receipt.undoNo")} testId="undo" look="button small" disabled={settling?.busy === true} act={() => actions.undo(proposal.id)} />
          <p class="card-note" data-testid="undo-until">{say("receipt.undoUntil", until)}</p>
        </>
      )}
    </div>
  );
}
