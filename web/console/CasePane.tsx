import { ErrorBanner } from "../shared/ErrorBanner";
import { Icon } from "../shared/Icon";
import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say, sayRefusal } from "../shared/words";
import { callerName } from "./caller";
import { CaseDate } from "./CaseDate";
import { CaseHistory } from "./CaseHistory";
import { dueWords, ownerWords } from "./CaseList";
import { CaseOutcome } from "./CaseOutcome";
import { isBusy, people, refused, step } from "./cases";
import { staff } from "./desk";
import type { Case } from "./nouns";
import { open } from "./route";

/** One case: what it is about, who looks after it until when, what was done, and what can be done. */
export function CasePane({ one }: { one: Case }) {
  const isOurs = one.owner !== null && one.owner.id === staff.value?.id;
  const isOver = one.state === "closed";
  return (
    <main class="case" data-testid="case" aria-labelledby="case-title">
      <header class="ticket-head">
        <button type="button" class="icon-button back" data-testid="back" aria-label={say("desk.back")} onClick={() => open(null)}>
          <Icon name="back" />
        </button>
        <div class="ticket-title">
          <h2 id="case-title">{callerName(one.caller)} <span>#{one.number}</span></h2>
          <p data-late={one.late} data-testid="case-due">
            {say(`case.state_${one.state}`)} · {ownerWords(one)}{one.state === "open" && <> · {dueWords(one)}</>}
          </p>
        </div>
        <button type="button" class="button small" data-testid="case-ticket" onClick={() => open(one.ticket_id)}>{say("case.ticket", { number: one.number })}</button>
      </header>
      <div class="case-body" tabIndex={0}>
        {refused.value && <ErrorBanner text={sayRefusal(refused.value)} dismiss={() => (refused.value = null)} />}
        <section>
          <h3>{say("case.about")}</h3>
          <p class="wants" lang={one.lang === "zh" ? "zh-CN" : "en"}>{one.about}</p>
          <p class="faint">
            <span class="tag">{say(`desk.${one.reason}`)}</span> {say("case.openedAt", { when: whenWords(one.opened_at, now.value, lang.value) })}
          </p>
        </section>
        {!isOver && (
          <div class="case-hands">
            {isOurs
              ? people.value.filter(({ id }) => id !== staff.value?.id).map(({ id, name }) => (
                  <button key={id} type="button" class="button small" data-testid="case-hand" disabled={isBusy.value} onClick={() => void step(one, "hand", { to: id })}>
                    {say("case.hand", { name })}
                  </button>
                ))
              : <button type="button" class="button primary" data-testid="case-take" disabled={isBusy.value} onClick={() => void step(one, "take")}>{say("case.take")}</button>}
          </div>
        )}
        {isOurs && !isOver ? <CaseOutcome one={one} /> : one.outcome && (
          <section>
            <h3>{say("case.outcome")}</h3>
            <p data-testid="case-outcome-said">{one.outcome}</p>
          </section>
        )}
        {isOurs && one.state === "open" && <CaseDate one={one} />}
        <CaseHistory />
      </div>
    </main>
  );
}
