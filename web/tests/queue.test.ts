import { expect, test } from "vitest";
import type { DeskTicket } from "../console/nouns";
import { applyDeskEvent, emptyQueue, fetched, neighbour } from "../console/queue";
import { event } from "./stories";

function aDeskTicket(id: string, state: DeskTicket["state"] = "waiting"): DeskTicket {
  return {
    id, number: id, conversation_id: `c-${id}`, state, reason: "asked", opened_at: "2026-11-22T06:00:00Z", late: false, lang: "en", headline: id,
    caller: { kind: "anonymous" }, mood: "calm", messages_waiting: 1,
  };
}

const queue = fetched(emptyQueue, { tickets: [aDeskTicket("a"), aDeskTicket("b"), aDeskTicket("z", "resolved")], last_event: 5 });

test("a new ticket stands below the open ones and above the closed", () => {
  const next = applyDeskEvent(queue, event(6, "handoff", { ticket: aDeskTicket("c") }));
  expect(next.tickets.map((ticket) => ticket.id)).toEqual(["a", "b", "c", "z"]);
});

test("an event is applied once", () => {
  const next = applyDeskEvent(queue, event(6, "message", { ticket_id: "a", messages_waiting: 3 }));
  expect(next.tickets[0]?.messages_waiting).toBe(3);
  expect(applyDeskEvent(next, event(6, "staff_message", { ticket_id: "a" }))).toBe(next);
  expect(applyDeskEvent(next, event(7, "staff_message", { ticket_id: "a" })).tickets[0]?.messages_waiting).toBe(0);
});

test("an older fetch does not undo what events have told", () => {
  const next = applyDeskEvent(queue, event(6, "resolved", { ticket: aDeskTicket("a", "resolved") }));
  expect(fetched(next, { tickets: [...queue.tickets], last_event: 5 })).toBe(next);
  expect(next.tickets.map((ticket) => ticket.id)).toEqual(["b", "a", "z"]);
});

test("j and k walk the queue and stay in it", () => {
  expect(neighbour(queue, null, 1)).toBe("a");
  expect(neighbour(queue, "a", 1)).toBe("b");
  expect(neighbour(queue, "a", -1)).toBe("a");
  expect(neighbour(emptyQueue, "a", 1)).toBeNull();
});

test("an event does not know the place in the queue: the fetched one stays", () => {
  const placed = fetched(emptyQueue, { tickets: [{ ...aDeskTicket("a"), position: 2 }], last_event: 5 });
  const after = applyDeskEvent(placed, event(6, "handoff", { ticket: { ...aDeskTicket("a"), position: 0, messages_waiting: 3 } }));
  expect([after.tickets[0]?.position, after.tickets[0]?.messages_waiting]).toEqual([2, 3]);
});
