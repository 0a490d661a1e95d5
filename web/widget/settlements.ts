/** Proposals on their way to an answer: one Idempotency-Key each, kept until there is one, also over a refresh. */
import { signal } from "@preact/signals";
import type { Talk } from "../shared/fold";
import { post, problemOf } from "../shared/http";
import { freshId } from "../shared/ids";
import { keep, kept } from "../shared/keep";
import type { Thread } from "../shared/thread";
import type { Settling } from "../talk/actions";

const UNDER_WAY = "change-under-way";

interface Kept extends Settling {
  key: string;
}

export class Settlements {
  private readonly all = signal<Readonly<Record<string, Kept>>>({});

  constructor(private readonly token: string, private readonly thread: Thread, private readonly place: string) {
    // Left unanswered by a refresh: whether it went through is unknown, the key makes asking again safe.
    const old = Object.entries(kept<Record<string, Kept>>(place) ?? {});
    this.all.value = Object.fromEntries(old.map(([id, one]) => [id, { ...one, unsure: one.busy || one.unsure, busy: false }]));
  }

  of(id: string): Settling | null {
    return this.all.value[id] ?? null;
  }

  async confirm(id: string, option: string | null): Promise<void> {
    await this.once(id, "confirm", option);
  }

  async undo(id: string): Promise<void> {
    await this.once(id, "undo", null);
  }

  /** Ask for it under a key; left without an answer, the same is asked under the same key again. */
  private async once(id: string, deed: "confirm" | "undo", option: string | null): Promise<void> {
    const old = this.all.value[id];
    if (old?.busy) return;
    const again = old?.unsure && old.deed === deed ? old : null;
    const asked: Kept = { deed, busy: true, option: again ? again.option : option, unsure: false, slug: null, key: again?.key ?? freshId() };
    this.set(id, asked);
    try {
      await post(`/proposals/${id}/${deed}`, this.token, asked.option ? { option_id: asked.option } : {}, { "Idempotency-Key": asked.key });
    } catch (error) {
      this.answerTo(id, asked, error);
    }
    await this.thread.catchUp(); // the card and the receipt come as events
  }

  async decline(id: string): Promise<void> {
    if (this.all.value[id]?.busy) return;
    const asked: Kept = { deed: "decline", busy: true, option: null, unsure: false, slug: null, key: "" };
    this.set(id, asked);
    try {
      await post(`/proposals/${id}/decline`, this.token);
    } catch (error) {
      this.set(id, { ...asked, busy: false, slug: problemOf(error).slug });
    }
    await this.thread.catchUp();
  }

  /** Settled by an event: nothing left to keep. */
  settle(talk: Talk): void {
    const open = Object.entries(this.all.peek()).filter(([id, { deed }]) => {
      const state = talk.proposals[id]?.state;
      if (deed === "undo") return state === undefined || state === "executed";
      return state === undefined || state === "offered" || state === "pending";
    });
    if (open.length !== Object.keys(this.all.peek()).length) this.replace(Object.fromEntries(open));
  }

  private answerTo(id: string, asked: Kept, error: unknown): void {
    const problem = problemOf(error);
    // The yes is kept and being carried out: no second try is wanted, the result comes as an event.
    if (problem.slug === UNDER_WAY) this.set(id, { ...asked, busy: false, slug: problem.slug });
    else if (problem.isPassing) this.set(id, { ...asked, busy: false, unsure: true });
    else this.set(id, { ...asked, busy: false, option: null, slug: problem.slug });
  }

  private set(id: string, one: Kept): void {
    this.replace({ ...this.all.value, [id]: one });
  }

  private replace(all: Record<string, Kept>): void {
    this.all.value = all;
    keep(this.place, all);
  }
}
