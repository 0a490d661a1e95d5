/** What can be made to happen to the traveller one plays: the demo server tells its own airline. */
import { signal } from "@preact/signals";
import { post, problemOf } from "../shared/http";
import type { Word } from "../shared/words";
import { persona } from "./persona";

export interface Happening {
  kind: "delay" | "cancellation" | "rating";
  minutes?: number;
  cause?: string;
  rating?: number;
}

export const happenings: { name: string; label: Word; what: Happening }[] = [
  { name: "delay", label: "demo.delayMe", what: { kind: "delay", minutes: 300, cause: "technical" } },
  { name: "cancellation", label: "demo.cancelMe", what: { kind: "cancellation" } },
  { name: "rating", label: "demo.rateMe", what: { kind: "rating", rating: 2 } },
];

/** Which one is on its way, which has been told, and why one was not. */
export const busy = signal<string | null>(null);
export const happened = signal<string | null>(null);
export const refused = signal<string | null>(null);

export async function happen(name: string, what: Happening): Promise<void> {
  if (busy.value) return;
  busy.value = name;
  happened.value = null;
  refused.value = null;
  try {
    await post("/demo/moment", null, { as: persona.value, ...what });
    happened.value = name;
  } catch (error) {
    refused.value = problemOf(error).slug;
  }
  busy.value = null;
}
