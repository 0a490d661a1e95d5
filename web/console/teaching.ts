/** Lessons: what staff answered, on its way to being known; those of the open ticket, and those that wait for a second pair of eyes. */
import { computed, effect, signal, untracked } from "@preact/signals";
import { problemOf, type Problem } from "../shared/http";
import type { Lang } from "../shared/nouns";
import { deskCall, queue, staff } from "./desk";
import type { Audience, Lesson, LookedAt, Taught } from "./nouns";
import { shown } from "./open";

const SOON_MS = 250;

export const lessons = signal<readonly Lesson[]>([]);
export const ofTicket = computed(() => lessons.value.filter((one) => one.ticket_id === shown.value?.opened.ticket.id));
export const waiting = computed(() => lessons.value.filter((one) => one.state === "proposed"));
/** The form is open: empty, or with the lesson that was looked at. */
export const isOpen = signal(false);
export const looked = signal<LookedAt | null>(null);
export const refused = signal<Problem | null>(null);
export const isBusy = signal(false);

let soon: ReturnType<typeof setTimeout> | undefined;

async function load(): Promise<void> {
  try {
    lessons.value = (await deskCall<{ lessons: Lesson[] }>("/lessons")).lessons;
  } catch {
    // The next event of the desk brings the next try.
  }
}

effect(() => {
  void queue.value.last;
  const isIn = staff.value !== null;
  untracked(() => {
    clearTimeout(soon);
    if (isIn) soon = setTimeout(() => void load(), SOON_MS);
  });
});

export function begin(): void {
  looked.value = null;
  refused.value = null;
  isOpen.value = true;
}

export function look(id: string): void {
  begin();
  void act(async () => (looked.value = await deskCall<LookedAt>(`/lessons/${id}`)));
}

export async function teach(texts: Partial<Record<Lang, Taught>>, audience: Audience): Promise<void> {
  const known = looked.value?.lesson.id;
  const body = { texts, audience, ticket_id: shown.value?.opened.ticket.id ?? null };
  await act(async () => (looked.value = await deskCall<LookedAt>(known ? `/lessons/${known}` : "/lessons", body)));
}

/** Publish, withdraw or discard; the form closes when it is done. */
export async function decide(id: string, word: "publish" | "withdraw" | "discard", although = false): Promise<void> {
  if (await act(() => deskCall(`/lessons/${id}/${word}`, word === "publish" ? { although_contested: although } : {}))) isOpen.value = false;
}

async function act(what: () => Promise<unknown>): Promise<boolean> {
  if (isBusy.value) return false;
  isBusy.value = true;
  refused.value = null;
  try {
    await what();
    await load();
    return true;
  } catch (error) {
    refused.value = problemOf(error);
    return false;
  } finally {
    isBusy.value = false;
  }
}
