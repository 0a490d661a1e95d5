import { ErrorBanner } from "../shared/ErrorBanner";
import { Icon } from "../shared/Icon";
import { say, sayRefusal } from "../shared/words";
import { dueWords, ownerWords } from "./CaseList";
import { cases, isBusy, openFor, refused } from "./cases";
import { isOurs, ticket } from "./open";
import { open } from "./route";

/** The case of the open ticket; for who holds it, the way to make it one. */
export function TicketCase() {
  const id = ticket.value?.id;
  const one = cases.value.find(({ ticket_id, state }) => ticket_id === id && state !== "closed");
  if (!id || (!one && !isOurs.value)) return null;
  return (
    <section data-testid="ticket-case">
      <h3>{say("case.heading")}</h3>
      {refused.value && <ErrorBanner text={sayRefusal(refused.value)} dismiss={() => (refused.value = null)} />}
      {one ? (
        <>
          <p data-late={one.late}>{ownerWords(one)} · {one.state === "open" ? dueWords(one) : say(`case.state_${one.state}`)}</p>
          <button type="button" class="button small" data-testid="case-see" onClick={() => open(one.id, "cases")}>{say("case.see")}</button>
        </>
      ) : (
        <>
          <p class="faint">{say("case.openLead")}</p>
          <button type="button" class="button small" data-testid="case-open" disabled={isBusy.value} onClick={() => void openFor(id)}>
            <Icon name="plus" /> {say("case.open")}
          </button>
        </>
      )}
    </section>
  );
}
