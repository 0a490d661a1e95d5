/** The queue on screen: what was fetched, and every desk event since, each applied once. Pure. */
import type { StreamEvent } from "../shared/nouns";
import type { DeskTicket } from "./nouns";

export interface Queue {
  last: number;
  tickets: readonly DeskTicket[];
}

export const emptyQueue: Queue = { last: 0, tickets: [] };

export function isOpenTicket(ticket: DeskTicket): boolean {
  return ticket.state === "waiting" || ticket.state === "taken";
}

/** A fetched queue, unless events have already told us newer things. */
export function fetched(queue: Queue, page: { tickets: DeskTicket[]; last_event: number }): Queue {
  return page.last_event < queue.last ? queue : { last: page.last_event, tickets: page.tickets };
}

export function applyDeskEvent(queue: Queue, event: StreamEvent): Queue {
  if (event.number === null || event.number <= queue.last) return queue;
  return { last: event.number, tickets: changed(queue.tickets, event) };
}

function changed(tickets: readonly DeskTicket[], { kind, data }: StreamEvent): readonly DeskTicket[] {
  switch (kind) {
    case "handoff":
    case "promise":
    case "taken_over":
    case "returned":
    case "resolved":
      return placed(tickets, data.ticket as DeskTicket);
    case "message":
      return tickets.map((ticket) => (ticket.id === data.ticket_id ? { ...ticket, messages_waiting: data.messages_waiting } : ticket));
    case "staff_message":
      return tickets.map((ticket) => (ticket.id === data.ticket_id ? { ...ticket, messages_waiting: 0 } : ticket));
    default:
      return tickets;
  }
}

/** The ticket in its place (an event does not know it: 0); a new one goes below the open ones until the server's order is fetched. */
function placed(tickets: readonly DeskTicket[], ticket: DeskTicket): readonly DeskTicket[] {
  const known = tickets.some((one) => one.id === ticket.id);
  const all = known ? tickets.map((one) => (one.id === ticket.id ? { ...ticket, position: ticket.position || (one.position ?? null) } : one)) : [...tickets, ticket];
  return [...all.filter(isOpenTicket), ...all.filter((one) => !isOpenTicket(one))];
}

/** The open one above or below: where j and k go. */
export function neighbour(queue: Queue, id: string | null, step: 1 | -1): string | null {
  const ids = queue.tickets.map((ticket) => ticket.id);
  if (ids.length === 0) return null;
  const at = id === null ? -1 : ids.indexOf(id);
  if (at < 0) return (step === 1 ? ids[0] : ids[ids.length - 1]) ?? null;
  return ids[Math.max(0, Math.min(ids.length - 1, at + step))] ?? null;
}
