import { say } from "../shared/words";
import { queue } from "./desk";
import { isOpenTicket } from "./queue";
import { TicketRow } from "./TicketRow";

/** Open tickets in the order of work, the last closed below. */
export function QueueList() {
  const open = queue.value.tickets.filter(isOpenTicket);
  const closed = queue.value.tickets.filter((ticket) => !isOpenTicket(ticket));
  return (
    <nav class="queue" aria-label={say("desk.queue")}>
      <h2>{say("desk.queue")}</h2>
      {open.length === 0 && (
        <div class="queue-empty">
          <p>{say("desk.nobody")}</p>
          <p>{say("desk.nobodyLead")}</p>
        </div>
      )}
      <ul>{open.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} />)}</ul>
      {closed.length > 0 && (
        <>
          <h2 class="queue-closed">{say("desk.closedOnes")}</h2>
          <ul>{closed.map((ticket) => <TicketRow key={ticket.id} ticket={ticket} />)}</ul>
        </>
      )}
    </nav>
  );
}
