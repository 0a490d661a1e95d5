import { Icon } from "../shared/Icon";
import { now } from "../shared/now";
import { promiseWords, whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { callerName } from "./caller";
import { giveBack, isBusy, isOurs, resolve, ticket } from "./open";
import { open } from "./route";

/** Whose conversation this is, the promise, and the two ways to end it. */
export function TicketHead() {
  const one = ticket.value;
  if (!one) return null;
  const promise = one.state === "waiting" && one.promised_by ? promiseWords(one.promised_by, now.value, lang.value) : null;
  return (
    <header class="ticket-head">
      <button type="button" class="icon-button back" data-testid="back" aria-label={say("desk.back")} onClick={() => open(null)}>
        <Icon name="back" />
      </button>
      <div class="ticket-title">
        <h2>{callerName(one.caller)} <span>#{one.number}</span></h2>
        <p data-late={promise?.late ?? false}>
          {say(one.lang === "zh" ? "desk.writes_zh" : "desk.writes_en")}
          {promise && one.promised_by && <> · {say("desk.promised", { when: whenWords(one.promised_by, now.value, lang.value) })} ({promise.text})</>}
        </p>
      </div>
      {isOurs.value && (
        <div class="ticket-ends">
          <button type="button" class="button small" data-testid="return" disabled={isBusy.value} onClick={() => void giveBack(one.id)}>{say("desk.return")}</button>
          <button type="button" class="button small primary" data-testid="resolve" disabled={isBusy.value} onClick={() => void resolve(one.id)}>{say("desk.resolve")}</button>
        </div>
      )}
    </header>
  );
}
