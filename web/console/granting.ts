/** What staff give beyond the rules on the open ticket: the list, the limit, and the form. */
import { effect, signal, untracked } from "@preact/signals";
import { problemOf, type Problem } from "../shared/http";
import { deskCall, queue } from "./desk";
import type { Grant, GrantAsked, GrantLimit } from "./nouns";
import { shown } from "./open";

const SOON_MS = 250;

export const grants = signal<readonly Grant[]>([]);
export const limit = signal<GrantLimit | null>(null);
export const isFormOpen = signal(false);
/** Why a grant, or a word on one, was refused. */
export const refused = signal<Problem | null>(null);
export const isBusy = signal(false);

let current: string | null = null;
let soon: ReturnType<typeof setTimeout> | undefined;

async function load(ticketId: string): Promise<void> {
  try {
    const page = await deskCall<{ grants: Grant[]; limit: GrantLimit | null }>(`/grants?ticket=${encodeURIComponent(ticketId)}`);
    if (current !== ticketId) return;
    grants.value = page.grants;
    limit.value = page.limit;
  } catch (error) {
    if (current === ticketId) refused.value = problemOf(error);
  }
}

function begin(ticketId: string | null): void {
  current = ticketId;
  grants.value = [];
  limit.value = null;
  refused.value = null;
  isFormOpen.value = false;
}

// Another ticket, a desk event or an event of its conversation: somebody may have approved or accepted.
effect(() => {
  const ticketId = shown.value?.opened.ticket.id ?? null;
  void queue.value.last;
  void shown.value?.thread.talk.value.last;
  untracked(() => {
    if (current !== ticketId) begin(ticketId);
    clearTimeout(soon);
    if (ticketId) soon = setTimeout(() => void load(ticketId), SOON_MS);
  });
});

/** Ask for it; true when the server took it, whether it is offered now or waits for a lead. */
export async function grant(asked: GrantAsked): Promise<boolean> {
  const ticketId = current;
  return ticketId !== null && act(() => deskCall(`/tickets/${ticketId}/grants`, asked));
}

export function approve(id: string): void {
  void act(() => deskCall(`/grants/${id}/approve`, {}));
}

export function refuse(id: string): void {
  void act(() => deskCall(`/grants/${id}/refuse`, {}));
}

async function act(what: () => Promise<unknown>): Promise<boolean> {
  if (isBusy.value) return false;
  isBusy.value = true;
  refused.value = null;
  try {
    await what();
    if (current) await load(current);
    return true;
  } catch (error) {
    refused.value = problemOf(error);
    return false;
  } finally {
    isBusy.value = false;
  }
}
