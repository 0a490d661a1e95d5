/** Facts that staff set and take away by hand. */
import { signal } from "@preact/signals";
import { problemOf, type Problem } from "../shared/http";
import { lang } from "../shared/words";
import { deskCall } from "./desk";
import type { TagKind } from "./nouns";
import { reload } from "./open";

export const refused = signal<Problem | null>(null);
export const isBusy = signal(false);
/** The kinds that staff may set, in the language of the desk. */
export const kinds = signal<readonly TagKind[]>([]);

export interface TagAsked {
  name: string;
  until?: string;
  reason: string;
}

function tagsOf(travellerId: string): string {
  return `/travellers/${encodeURIComponent(travellerId)}/tags?lang=${lang.peek()}`;
}

export async function loadKinds(travellerId: string): Promise<void> {
  await act(async () => (kinds.value = (await deskCall<{ may_set: TagKind[] }>(tagsOf(travellerId))).may_set));
}

export function setTag(travellerId: string, asked: TagAsked): Promise<boolean> {
  return changed(() => deskCall(tagsOf(travellerId), asked));
}

export function removeTag(travellerId: string, name: string): void {
  void changed(() => deskCall(tagsOf(travellerId), { name }, "DELETE"));
}

async function changed(what: () => Promise<unknown>): Promise<boolean> {
  const isDone = await act(what);
  if (isDone) reload();
  return isDone;
}

async function act(what: () => Promise<unknown>): Promise<boolean> {
  if (isBusy.value) return false;
  isBusy.value = true;
  refused.value = null;
  try {
    await what();
    return true;
  } catch (error) {
    refused.value = problemOf(error);
    return false;
  } finally {
    isBusy.value = false;
  }
}
