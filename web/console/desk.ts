/** Who is at the desk, and the queue, live. */
import { effect, signal, untracked } from "@preact/signals";
import { follow, type Following, type Link } from "../shared/follow";
import { call, post, Problem, problemOf } from "../shared/http";
import { forget, keep, kept } from "../shared/keep";
import type { Lang, Person } from "../shared/nouns";
import { lang, say } from "../shared/words";
import type { DeskTicket } from "./nouns";
import { applyDeskEvent, emptyQueue, fetched, type Queue } from "./queue";

const TOKEN = "desk:token";
const SOON_MS = 250;
const REFRESH_MS = 60_000;

export const staff = signal<Person | null>(null);
/** A lead may approve what goes beyond a limit; the server decides, the desk only shows the buttons. */
export const isLead = signal(false);
export const isResuming = signal(true);
export const queue = signal<Queue>(emptyQueue);
export const link = signal<Link>("connecting");
export const notice = signal<string | null>(null);

let token: string | null = kept<string>(TOKEN);
let following: Following | null = null;
let soon: ReturnType<typeof setTimeout> | undefined;

/** A call as the signed-in person; a sign-in that has ended leads back to the door. */
export async function deskCall<T>(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<T> {
  try {
    return await call<T>(`/desk${path}`, { method, token, ...(body === undefined ? {} : { body }) });
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 401) leave("not-signed-in");
    throw problem;
  }
}

export function deskToken(): string {
  return token ?? "";
}

export async function resume(): Promise<void> {
  try {
    if (token) await enter();
  } catch (error) {
    if (problemOf(error).isPassing) notice.value = "unavailable";
    else leave(null);
  } finally {
    isResuming.value = false;
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  token = (await post<{ token: string }>("/desk/sign-in", null, { name, password })).token;
  keep(TOKEN, token);
  await enter();
}

export async function signOut(): Promise<void> {
  const old = token;
  leave(null);
  await post("/desk/sign-out", old).catch(() => undefined);
}

async function enter(): Promise<void> {
  const me = await call<{ staff: Person; role: "staff" | "lead" }>("/desk/me", { token });
  notice.value = null;
  queue.value = fetched(emptyQueue, await fetchQueue());
  isLead.value = me.role === "lead";
  staff.value = me.staff; // the effect below listens from here on
}

function fetchQueue(): Promise<{ tickets: DeskTicket[]; last_event: number }> {
  return deskCall(`/queue?lang=${lang.peek()}`);
}

/** Names and companies come worded in the language of the desk. */
function listen(language: Lang): void {
  following?.stop();
  following = follow({
    path: `/desk/events?lang=${language}`,
    token: token ?? "",
    after: () => queue.value.last,
    take: (event) => {
      queue.value = applyDeskEvent(queue.value, event);
      refreshSoon();
    },
    link: (now) => (link.value = now),
    refused: () => leave("not-signed-in"),
  });
}

function leave(why: string | null): void {
  following?.stop();
  following = null;
  token = null;
  forget(TOKEN);
  staff.value = null;
  queue.value = emptyQueue;
  notice.value = why;
}

/** The order of work and the promises of the others are the server's: fetched again after every change. */
export function refreshSoon(): void {
  clearTimeout(soon);
  soon = setTimeout(() => void refresh(), SOON_MS);
}

async function refresh(): Promise<void> {
  if (!token) return;
  try {
    const page = await fetchQueue();
    if (page.last_event < queue.value.last) refreshSoon();
    else queue.value = fetched(queue.value, page);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

setInterval(() => staff.value && void refresh(), REFRESH_MS);

effect(() => {
  if (!staff.value) return;
  const language = lang.value;
  untracked(() => listen(language));
  refreshSoon();
});

effect(() => {
  const waiting = queue.value.tickets.filter((ticket) => ticket.state === "waiting").length;
  document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${say("desk.title")} · ${say("common.programme")}`;
});
