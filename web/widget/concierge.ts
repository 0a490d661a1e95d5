/** Which conversation is on screen: one for each identity, kept over a refresh. */
import { signal } from "@preact/signals";
import { call, post, Problem, problemOf } from "../shared/http";
import { forget, keep, kept } from "../shared/keep";
import type { Conversation, Lang } from "../shared/nouns";
import { lang, speak } from "../shared/words";
import { Session } from "./session";
import { whose } from "./whose";

interface Key {
  id: string;
  token: string;
}

export const session = signal<Session | null>(null);
/** Why there is no conversation to show. */
export const refusal = signal<Problem | null>(null);

let current: { who: string; identity: string | null } | null = null;

/** Show the conversation of this identity: the kept one, or a new one. */
export async function begin(identity: string | null, afresh = false): Promise<void> {
  const who = whose(identity);
  const isSame = current?.who === who && (session.value !== null || refusal.value === null);
  current = { who, identity }; // also for the same person: a host signs them anew from time to time
  if (isSame && !afresh) return;
  session.value?.end();
  session.value = null;
  refusal.value = null;
  const place = `concierge:conversation:${who}`;
  if (afresh) forget(place);
  try {
    const found = (await resumed(place)) ?? (await created(place, identity));
    if (current?.who !== who) return; // somebody else has come meanwhile
    session.value = new Session(found.conversation, found.key.token, place);
    if (found.conversation.lang !== lang.value) void session.value.switchLang(lang.value);
  } catch (error) {
    if (current?.who === who) refusal.value = problemOf(error);
  }
}

/** Try once more what did not work. */
export function beginAgain(): void {
  void begin(current?.identity ?? null);
}

export function startNew(): void {
  void begin(current?.identity ?? null, true);
}

export function goOnAnonymously(): void {
  void begin(null);
}

/** The page and the conversation in this language. */
export function switchLang(next: Lang): void {
  speak(next);
  void session.value?.switchLang(next);
}

async function resumed(place: string): Promise<{ conversation: Conversation; key: Key } | null> {
  const key = kept<Key>(place);
  if (!key?.id || !key.token) return null;
  try {
    return { conversation: await call<Conversation>(`/conversations/${key.id}`, { token: key.token }), key };
  } catch (error) {
    if (problemOf(error).isPassing) throw error;
    forget(place);
    return null;
  }
}

async function created(place: string, identity: string | null): Promise<{ conversation: Conversation; key: Key }> {
  const made = await post<Conversation & Key>("/conversations", null, { lang: lang.value, ...(identity ? { identity } : {}) });
  const key = { id: made.id, token: made.token };
  keep(place, key);
  return { conversation: { ...made, state: made.state ?? "bot" }, key };
}
