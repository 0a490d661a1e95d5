/** What was sent and is not yet an event: shown at once, kept over a refresh, sent again under the same id. */
import { signal } from "@preact/signals";
import type { Talk } from "./fold";
import { freshId } from "./ids";
import { keep, kept } from "./keep";

export interface Waiting {
  clientId: string;
  text: string;
  state: "sending" | "failed";
}

export class Outbox {
  readonly waiting = signal<readonly Waiting[]>([]);

  constructor(private readonly key: string) {
    this.waiting.value = kept<Waiting[]>(key) ?? [];
  }

  add(text: string): Waiting {
    const one: Waiting = { clientId: freshId(), text, state: "sending" };
    this.set([...this.waiting.value, one]);
    return one;
  }

  mark(clientId: string, state: Waiting["state"]): void {
    this.set(this.waiting.value.map((one) => (one.clientId === clientId ? { ...one, state } : one)));
  }

  drop(clientId: string): void {
    this.set(this.waiting.value.filter((one) => one.clientId !== clientId));
  }

  /** Let go of everything that has become an event. */
  settle(talk: Talk): void {
    if (this.waiting.value.length === 0) return;
    const arrived = new Set(talk.items.map((item) => (item.is === "message" ? item.clientId : null)));
    const left = this.waiting.value.filter((one) => !arrived.has(one.clientId));
    if (left.length !== this.waiting.value.length) this.set(left);
  }

  private set(waiting: readonly Waiting[]): void {
    this.waiting.value = waiting;
    keep(this.key, waiting);
  }
}
