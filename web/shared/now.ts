/** The wall clock as a signal, so that what shows a time left grows old on screen. */
import { signal } from "@preact/signals";

export const now = signal(new Date());

export function startClock(everyMs = 5_000): void {
  setInterval(() => (now.value = new Date()), everyMs);
}
