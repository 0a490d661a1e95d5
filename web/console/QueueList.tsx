import { say } from "../shared/words";
import { CaseList } from "./CaseList";
import { cases } from "./cases";
import { queue } from "./desk";
import { isOpenTicket } from "./queue";
import { TicketRow } from "./TicketRow";

/** What is overdue, open tickets in the order of work, the other cases; the last closed below. */
export function QueueList() {
  const open = queue.value.tickets.filter(isOpenTicket);
  const closed = queue.value.tickets.filter((ticket) => !isOpenTicket(ticket));
  const late = cases.value.filter((one) => one.late);
  return (
    <nav class="queue" aria-label={say("desk.queue")}>
      {late.length > 0 && <CaseList title={say("case.late")} cases={late} />}
      <h2>{say("desk.queue")}</h2>
      {open.length === 0 && (
        <div class="queue-empty">
          <p>{say("desk.nobody")}</p>
          <p>{say("desk.nobodyLead")}</p>
        </div>
      )}
      <ul>{open.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} />)}</ul>
      <CaseList title={say("case.heading")} cases={cases.value.filter((one) => !one.late)} none={say("case.none")} />
      {closed.length > 0 && (
        <>
          <h2 class="queue-closed">{say("desk.closedOnes")}</h2>
          <ul>{closed.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} />)}</ul>
        </>
      )}
    </nav>
  );
}
