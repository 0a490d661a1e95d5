/** What the one who waits is entitled to, in the approved words: to be sent as they stand. */
import { effect, signal, untracked } from "@preact/signals";
import { problemOf } from "../shared/http";
import type { Lang } from "../shared/nouns";
import { deskCall } from "./desk";
import type { Macro } from "./nouns";
import { drafts, isOurs, shown, write } from "./open";
import { focusReply } from "./shortcuts";

interface Page {
  lang: Lang;
  macros: Macro[];
}

export const macros = signal<Page | null>(null);

let current: string | null = null;

// With every fresh look at the ticket: a right may have been used, or have come up, since.
effect(() => {
  const id = isOurs.value ? (shown.value?.opened.ticket.id ?? null) : null;
  untracked(() => void load(id));
});

async function load(id: string | null): Promise<void> {
  if (id !== current) macros.value = null;
  current = id;
  if (id === null) return;
  try {
    const page = await deskCall<Page>(`/tickets/${id}/macros`);
    if (current === id) macros.value = page;
  } catch (error) {
    if (!problemOf(error).isPassing) throw error; // what cannot be had now is left out: the reply does not need it
  }
}

/** Put below what is written already. */
export function use(text: string): void {
  const before = (current && drafts.value[current]?.trim()) || "";
  write(before ? `${before}\n${text}` : text);
  focusReply();
}
