/** Single keys for two people who do this all day; they can be switched off (WCAG 2.1.4). */
import { signal } from "@preact/signals";
import { keep, kept } from "../shared/keep";
import { queue, staff } from "./desk";
import { isFormOpen } from "./granting";
import { claim, isOurs, ticket } from "./open";
import { neighbour } from "./queue";
import { open, openId } from "./route";

const PLACE = "desk:single-keys";

export const isHelpOpen = signal(false);
export const areKeysOn = signal(kept<boolean>(PLACE, true) ?? true);
export const replyBox: { current: HTMLTextAreaElement | null } = { current: null };

export function useKeys(on: boolean): void {
  areKeysOn.value = on;
  keep(PLACE, on, true);
}

/** After the next drawing: the box may only just be appearing. */
export function focusReply(): void {
  requestAnimationFrame(() => {
    const box = replyBox.current;
    box?.focus();
    box?.setSelectionRange(box.value.length, box.value.length);
  });
}

function focusedTicket(): string | null {
  const found = /^ticket-(.+)$/.exec(document.activeElement?.id ?? "");
  return found?.[1] ?? openId.value;
}

function move(step: 1 | -1): void {
  const id = neighbour(queue.value, focusedTicket(), step);
  if (id) document.getElementById(`ticket-${id}`)?.focus();
}

const deeds: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  c: () => {
    if (ticket.value?.state === "waiting") void claim(ticket.value.id).then(focusReply);
  },
  r: focusReply,
  g: () => {
    if (isOurs.value && ticket.value?.caller.kind !== "anonymous") isFormOpen.value = true;
  },
  "?": () => (isHelpOpen.value = true),
};

export function listenToKeys(): void {
  window.addEventListener("keydown", (event) => {
    if (!staff.value || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isWriting = event.target instanceof Element && event.target.closest("input, textarea, select, dialog") !== null;
    if (event.key === "Escape" && !isHelpOpen.value) {
      if (isWriting) (event.target as HTMLElement).blur();
      else open(null);
      return;
    }
    const deed = deeds[event.key];
    if (!deed || isWriting || !areKeysOn.value) return;
    event.preventDefault();
    deed();
  });
}
