import { ErrorBanner } from "../shared/ErrorBanner";
import { say, sayProblem } from "../shared/words";
import { CasePane } from "./CasePane";
import { isLoaded, openCase } from "./cases";
import { link } from "./desk";
import { WaitingLessons } from "./Lessons";
import { reload, shown, trouble } from "./open";
import { QueueList } from "./QueueList";
import { openCaseId, openId } from "./route";
import { Shortcuts } from "./Shortcuts";
import { TicketPane } from "./TicketPane";
import { TopBar } from "./TopBar";

/** The queue and the cases on the left, the open conversation with its brief, or the open case, beside it; one at a time on a phone. */
export function Desk() {
  const now = shown.value;
  const one = openCase.value;
  return (
    <div class="desk" data-open={openId.value !== null || openCaseId.value !== null}>
      <TopBar />
      {link.value === "broken" && <div class="desk-banner"><ErrorBanner quiet text={say("desk.broken")} /></div>}
      <div class="desk-rooms">
        <QueueList />
        {one ? <CasePane key={one.id} one={one} /> : now ? <TicketPane key={now.opened.ticket.id} now={now} /> : (
          <main class="desk-empty">
            {openCaseId.value !== null ? (
              <p role="status">{say(isLoaded.value ? "errors.not-found" : "common.loading")}</p>
            ) : openId.value === null ? (
              <>
                <h2>{say("desk.pick")}</h2>
                <p>{say("desk.pickLead")}</p>
                <WaitingLessons />
              </>
            ) : trouble.value ? (
              <ErrorBanner text={sayProblem(trouble.value.slug)} way={{ label: say("common.retry"), go: reload }} />
            ) : (
              <p role="status">{say("common.loading")}</p>
            )}
          </main>
        )}
      </div>
      <Shortcuts />
    </div>
  );
}
