/** Whose company is on screen, and its account as the server told it last. */
import { signal } from "@preact/signals";
import { ask, call, Problem, problemOf } from "../shared/http";
import { withConcierge } from "../shared/embed";
import { forget, keep, kept } from "../shared/keep";
import type { Lang } from "../shared/nouns";
import { opened, placeOf } from "../shared/opening";
import { whose } from "../shared/whose";
import { lang, speak } from "../shared/words";
import type { Account } from "./nouns";

const IDENTITY = "company:identity";
const LANG = "company:lang";

export const account = signal<Account | null>(null);
/** Why there is nothing, or nothing newer, to show. */
export const problem = signal<Problem | null>(null);
export const isSignedOut = signal(false);
export const isDownloading = signal(false);

let who: string | null = null;
let identity: string | null = null;
let round = 0;

/** Start with what this tab knows; true when it knows somebody. */
export function resume(): boolean {
  const before = kept<string>(IDENTITY);
  if (before) enter(before);
  return before !== null;
}

export function isAnybody(): boolean {
  return who !== null;
}

/** This person from now on; nobody means signed out. The same person, signed anew, changes nothing on screen. */
export function enter(next: string | null): void {
  withConcierge((concierge) => concierge.identify(next));
  if (next === null) {
    signOut();
    return;
  }
  keep(IDENTITY, next);
  const isSame = who === whose(next) && problem.value === null; // shown, or on its way
  identity = next;
  who = whose(next);
  if (isSame) return;
  account.value = null;
  isSignedOut.value = false;
  void load();
}

export function signOut(): void {
  round += 1;
  who = null;
  identity = null;
  forget(IDENTITY);
  account.value = null;
  problem.value = null;
  isSignedOut.value = true;
}

/** Fetch the account, worded in the language of the page. */
export async function load(): Promise<void> {
  if (who === null) return;
  round += 1;
  const mine = round;
  try {
    const found = await fetched<Account>(`/company/account?lang=${lang.peek()}`);
    if (mine !== round) return;
    account.value = found;
    problem.value = null;
  } catch (error) {
    if (mine === round) refused(problemOf(error));
  }
}

async function fetched<T>(path: string): Promise<T> {
  return call<T>(path, { token: await token() });
}

async function token(): Promise<string> {
  return (await opened(placeOf(who ?? ""), identity)).token;
}

function refused(why: Problem): void {
  if (why.status === 401) signOut();
  else {
    // What was shown stays while the server is away; not when it says that it is not ours to see.
    if (!why.isPassing) account.value = null;
    problem.value = why;
  }
}

export function switchLang(next: Lang, isChosen = true): void {
  if (isChosen) keep(LANG, next, true);
  speak(next);
  withConcierge((concierge) => concierge.setLanguage(next));
  void load();
}

export function chosenLang(): string | null {
  return kept<string>(LANG, true);
}

/** The table of travellers as a file: fetched with the token in a header, never by a link that carries one. */
export async function download(): Promise<void> {
  if (isDownloading.value) return;
  isDownloading.value = true;
  try {
    const answer = await ask(`/company/travellers.csv?lang=${lang.peek()}`, { token: await token(), accept: "text/csv" });
    save(await answer.blob(), nameOf(answer.headers.get("Content-Disposition")));
  } catch (error) {
    refused(problemOf(error));
  } finally {
    isDownloading.value = false;
  }
}

export function nameOf(disposition: string | null): string {
  return /filename="([\w.-]+)"/.exec(disposition ?? "")?.[1] ?? "travellers.csv";
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
