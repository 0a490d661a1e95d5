/** The cases of the desk, live: whatever the desk hears, they are looked at again. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { problemOf, type Problem } from "../shared/http";
import type { Person } from "../shared/nouns";
import { lang } from "../shared/words";
import { deskCall, queue, staff } from "./desk";
import type { Case, CaseStep } from "./nouns";
import { openCaseId } from "./route";

const SOON_MS = 200;
const REFRESH_MS = 60_000; // a date passes without an event

export const cases = signal<readonly Case[]>([]);
export const people = signal<readonly Person[]>([]);
/** What was done with the open one, oldest first. */
export const steps = signal<readonly CaseStep[]>([]);
export const refused = signal<Problem | null>(null);
export const isBusy = signal(false);
export const isLoaded = signal(false);

export const openCase = computed(() => cases.value.find((one) => one.id === openCaseId.value) ?? null);

let soon: ReturnType<typeof setTimeout> | undefined;

effect(() => {
  const who = staff.value;
  void lang.value;
  void queue.value.last;
  untracked(() => {
    clearTimeout(soon);
    if (who) soon = setTimeout(() => void load(), SOON_MS);
    else cases.value = [];
  });
});

setInterval(() => staff.value && void load(), REFRESH_MS);

effect(() => {
  const id = openCaseId.value;
  const version = openCase.value?.version ?? 0;
  untracked(() => void loadSteps(id, version));
});

effect(() => {
  void openCaseId.value;
  refused.value = null;
});

async function load(): Promise<void> {
  try {
    const page = await deskCall<{ cases: Case[]; people: Person[] }>(`/cases?lang=${lang.peek()}`);
    cases.value = page.cases;
    people.value = page.people;
    isLoaded.value = true;
  } catch (error) {
    if (!problemOf(error).isPassing) throw error; // the desk's own banner tells that the connection is lost
  }
}

async function loadSteps(id: string | null, version: number): Promise<void> {
  if (version === 0) steps.value = [];
  if (id === null || version === 0) return;
  try {
    const page = await deskCall<{ steps: CaseStep[] }>(`/cases/${id}/history`);
    if (openCaseId.peek() === id) steps.value = page.steps;
  } catch (error) {
    refused.value = problemOf(error);
  }
}

/** Make a case of a ticket; true when the server did. */
export function openFor(ticketId: string): Promise<boolean> {
  return act(`/tickets/${ticketId}/case`, {});
}

/** One step of a case, on the version that is before our eyes. */
export function step(one: Case, what: "take" | "hand" | "date" | "outcome" | "close", body: Record<string, string> = {}): Promise<boolean> {
  return act(`/cases/${one.id}/${what}`, { seen: one.version, ...body });
}

async function act(path: string, body: Record<string, unknown>): Promise<boolean> {
  if (isBusy.value) return false;
  isBusy.value = true;
  refused.value = null;
  try {
    await deskCall(path, body);
    return true;
  } catch (error) {
    refused.value = problemOf(error);
    return false;
  } finally {
    isBusy.value = false;
    await load(); // also after a step that was lost: the case then shows what the other one did
  }
}
