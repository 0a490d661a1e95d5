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
export const isResuming = signal(true);
export const queue = signal<Queue>(emptyQueue);
export const link = signal<Link>("connecting");
export const notice = signal<string | null>(null);

let token: string | null = kept<string>(TOKEN);
let following: Following | null = null;
let soon: ReturnType<typeof setTimeout> | undefined;

/** A call as the signed-in person; a sign-in that has ended leads back to the door. */
export async function deskCall<T>(path: string, body?: unknown): Promise<T> {
  try {
    return body === undefined ? await call<T>(`/desk${path}`, { token }) : await post<T>(`/desk${path}`, token, body);
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
    if (token) {
      const me = await call<{ staff: Person }>("/desk/me", { token });
      await enter(me.staff);
    }
  } catch (error) {
    if (problemOf(error).isPassing) notice.value = "unavailable";
    else leave(null);
  } finally {
    isResuming.value = false;
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  const answer = await post<{ token: string; staff: Person }>("/desk/sign-in", null, { name, password });
  token = answer.token;
  keep(TOKEN, token);
  await enter(answer.staff);
}

export async function signOut(): Promise<void> {
  const old = token;
  leave(null);
  await post("/desk/sign-out", old).catch(() => undefined);
}

async function enter(person: Person): Promise<void> {
  notice.value = null;
  queue.value = fetched(emptyQueue, await fetchQueue());
  staff.value = person; // the effect below listens from here on
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
