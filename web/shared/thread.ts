/** The live conversation behind a page: its fold, and the two ways events come in. */
import { signal } from "@preact/signals";
import { follow, type Following, type Link } from "./follow";
import { emptyTalk, take, type Talk } from "./fold";
import type { Problem } from "./http";
import type { StreamEvent, Ticket } from "./nouns";

export class Thread {
  readonly talk = signal<Talk>(emptyTalk);
  readonly link = signal<Link>("connecting");
  private following: Following | null = null;

  constructor(
    private readonly path: string,
    private readonly token: string,
    private readonly refused: (problem: Problem) => void,
    private readonly restsWhenHidden = false,
  ) {}

  /** Replay from the beginning, then live. */
  start(): void {
    this.following ??= follow({
      path: this.path,
      token: this.token,
      after: () => this.talk.value.last,
      take: (event) => this.take(event, true),
      link: (link) => (this.link.value = link),
      refused: this.refused,
      restsWhenHidden: this.restsWhenHidden,
    });
  }

  stop(): void {
    this.following?.stop();
    this.following = null;
  }

  take(event: StreamEvent, complete: boolean): void {
    this.talk.value = take(this.talk.value, event, complete);
  }

  /** A newer word from the server on the place in the queue. */
  refreshTicket(ticket: Ticket): void {
    const talk = this.talk.value;
    if (talk.tickets[ticket.id]?.state === "waiting") this.talk.value = { ...talk, tickets: { ...talk.tickets, [ticket.id]: ticket } };
  }

  /** What is new, by a plain call; a failure is left to the followed stream. */
  async catchUp(): Promise<void> {
    await this.following?.catchUp().catch(() => undefined);
  }
}
