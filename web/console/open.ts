/** The ticket on screen: its brief, its live conversation, and what is done with it. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { problemOf, type Problem } from "../shared/http";
import { Outbox } from "../shared/outbox";
import { Thread } from "../shared/thread";
import { lang } from "../shared/words";
import { deskCall, deskToken, queue, refreshSoon, staff } from "./desk";
import type { DeskTicket, Label, OpenedTicket } from "./nouns";
import { openId } from "./route";

const SOON_MS = 300;
let soon: ReturnType<typeof setTimeout> | undefined;
let cardsSeen = "";
let deskSeen = 0;

export interface OpenTicket {
  opened: OpenedTicket;
  thread: Thread;
  outbox: Outbox;
}

export const shown = signal<OpenTicket | null>(null);
export const trouble = signal<Problem | null>(null);
export const isBusy = signal(false);
/** The words being written, a draft for each ticket. */
export const drafts = signal<Readonly<Record<string, string>>>({});

/** The ticket as the queue knows it now; as it was opened when the queue has let go of it. */
export const ticket = computed<DeskTicket | null>(() => {
  const opened = shown.value?.opened.ticket ?? null;
  return queue.value.tickets.find((one) => one.id === opened?.id) ?? opened;
});

export const isOurs = computed(() => ticket.value?.state === "taken" && ticket.value.taken_by?.id === staff.value?.id);

effect(() => {
  const id = openId.value;
  const language = lang.value;
  if (staff.value) void load(id, language);
  else close();
});

// Offers, grants and what becomes of them are looked up with the Brief: again when a card changes or the desk hears something.
effect(() => {
  void queue.value.last;
  const cards = Object.values(shown.value?.thread.talk.value.proposals ?? {}).map((one) => one.id + one.state).join();
  untracked(() => {
    if (cards !== cardsSeen || queue.value.last !== deskSeen) reloadSoon();
    [cardsSeen, deskSeen] = [cards, queue.value.last];
  });
});

function reloadSoon(): void {
  clearTimeout(soon);
  soon = setTimeout(reload, SOON_MS);
}

function close(): void {
  shown.peek()?.thread.stop();
  shown.value = null;
}

async function load(id: string | null, language: string): Promise<void> {
  const before = shown.peek();
  if (before && before.opened.ticket.id !== id) close();
  if (id === null) return;
  if (!shown.peek()) trouble.value = null;
  try {
    const opened = await deskCall<OpenedTicket>(`/tickets/${id}?lang=${language}`);
    if (openId.peek() !== id) return;
    const same = shown.peek();
    if (same) shown.value = { ...same, opened };
    else shown.value = begun(opened);
  } catch (error) {
    if (openId.peek() === id) trouble.value = problemOf(error);
  }
}

function begun(opened: OpenedTicket): OpenTicket {
  const { id } = opened.conversation;
  const thread = new Thread(`/desk/conversations/${id}/events`, deskToken(), (problem) => (trouble.value = problem));
  const outbox = new Outbox(`desk:outbox:${opened.ticket.id}`);
  effect(() => outbox.settle(thread.talk.value));
  thread.start();
  return { opened, thread, outbox };
}

export function reload(): void {
  void load(openId.value, lang.value);
}

export function write(text: string): void {
  const id = shown.value?.opened.ticket.id;
  if (id) drafts.value = { ...drafts.value, [id]: text };
}

export async function claim(id: string): Promise<void> {
  await act(async () => put(await deskCall<DeskTicket>(`/tickets/${id}/claim?lang=${lang.peek()}`, {})));
}

export async function resolve(id: string): Promise<void> {
  await act(async () => put(await deskCall<DeskTicket>(`/tickets/${id}/resolve?lang=${lang.peek()}`, {})));
}

export async function giveBack(id: string): Promise<void> {
  await act(async () => put(await deskCall<DeskTicket>(`/tickets/${id}/return?lang=${lang.peek()}`, {})));
}

/** Say whether an answer is right; the one it has already takes it back. */
export async function label(messageId: string, said: Label): Promise<void> {
  const now = shown.peek();
  if (!now) return;
  const next = now.opened.labels[messageId] === said ? null : said;
  await act(async () => {
    await deskCall(`/messages/${messageId}/label`, { label: next });
    const fresh = shown.peek();
    if (fresh?.opened.ticket.id !== now.opened.ticket.id) return;
    shown.value = { ...fresh, opened: { ...fresh.opened, labels: { ...fresh.opened.labels, [messageId]: next } } };
  });
}

export function reply(text: string): void {
  const one = shown.value?.outbox.add(text);
  write("");
  if (one) void send(one.clientId, text);
}

export function replyAgain(clientId: string): void {
  const one = shown.value?.outbox.waiting.value.find((waiting) => waiting.clientId === clientId);
  if (one) void send(clientId, one.text);
}

async function send(clientId: string, text: string): Promise<void> {
  const now = shown.value;
  if (!now) return;
  now.outbox.mark(clientId, "sending");
  try {
    await deskCall(`/tickets/${now.opened.ticket.id}/reply`, { text, client_msg_id: clientId });
    trouble.value = null;
    await now.thread.catchUp();
  } catch (error) {
    now.outbox.mark(clientId, "failed");
    trouble.value = problemOf(error);
  }
}

async function act(what: () => Promise<void>): Promise<void> {
  if (isBusy.value) return;
  isBusy.value = true;
  trouble.value = null;
  try {
    await what();
    await shown.value?.thread.catchUp();
  } catch (error) {
    trouble.value = problemOf(error);
  } finally {
    isBusy.value = false;
    refreshSoon(); // also after a claim that was lost: the queue then shows who won
  }
}

/** The server's answer, at once; the event that follows says the same. */
function put(fresh: DeskTicket): void {
  queue.value = { ...queue.value, tickets: queue.value.tickets.map((one) => (one.id === fresh.id ? fresh : one)) };
  const now = shown.value;
  if (now?.opened.ticket.id === fresh.id) shown.value = { ...now, opened: { ...now.opened, ticket: fresh } };
}
