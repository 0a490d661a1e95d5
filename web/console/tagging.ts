/** Facts that staff set and take away by hand. */
import { signal } from "@preact/signals";
import { problemOf } from "../shared/http";
import { deskCall } from "./desk";
import { reload } from "./open";

export const refused = signal<string | null>(null);
export const isBusy = signal(false);

export interface TagAsked {
  name: string;
  until?: string;
  reason: string;
}

export function setTag(travellerId: string, asked: TagAsked): Promise<boolean> {
  return act(() => deskCall(`/travellers/${encodeURIComponent(travellerId)}/tags`, asked));
}

export function removeTag(travellerId: string, name: string): void {
  void act(() => deskCall(`/travellers/${encodeURIComponent(travellerId)}/tags/${encodeURIComponent(name)}`, undefined, "DELETE"));
}

async function act(what: () => Promise<unknown>): Promise<boolean> {
  if (isBusy.value) return false;
  isBusy.value = true;
  refused.value = null;
  try {
    await what();
    reload();
    return true;
  } catch (error) {
    refused.value = problemOf(error).slug;
    return false;
  } finally {
    isBusy.value = false;
  }
}
