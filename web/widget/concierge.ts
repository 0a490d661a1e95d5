/** Which conversation is on screen: one for each identity, kept over a refresh. */
import { signal } from "@preact/signals";
import { Problem, problemOf } from "../shared/http";
import { forget } from "../shared/keep";
import type { Lang } from "../shared/nouns";
import { opened, openedByLink, placeOf } from "../shared/opening";
import { whose } from "../shared/whose";
import { lang, speak } from "../shared/words";
import { Session } from "./session";

export const session = signal<Session | null>(null);
/** Why there is no conversation to show. */
export const refusal = signal<Problem | null>(null);

/** The code of an e-mail's link that was not exchanged yet. */
let code: string | null = null;
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
  const place = placeOf(who);
  if (afresh) forget(place);
  try {
    const found = await opened(place, identity);
    if (current?.who !== who) return; // somebody else has come meanwhile
    session.value = new Session(found.conversation, found.token, place);
    if (found.conversation.lang !== lang.value) void session.value.switchLang(lang.value);
  } catch (error) {
    if (current?.who === who) refusal.value = problemOf(error);
  }
}

/** A link of an e-mail: its code opens the conversation, once. A used one leaves what this tab has, and says so. */
export async function beginByLink(given: string, speaks: (language: Lang) => void): Promise<void> {
  code = given;
  let over = false;
  try {
    speaks(await openedByLink(placeOf(whose(null)), given));
  } catch (error) {
    const problem = problemOf(error);
    if (problem.isPassing) {
      refusal.value = problem;
      return;
    }
    over = true;
  }
  code = null;
  history.replaceState(null, "", location.pathname + location.search);
  await begin(null);
  const open = session.peek();
  if (over && open) open.trouble.value = { slug: "link-over", again: null };
}

/** Try once more what did not work. */
export function beginAgain(): void {
  if (code) void beginByLink(code, speak);
  else void begin(current?.identity ?? null);
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
