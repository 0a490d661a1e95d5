/** One conversation as its traveller uses it: said, confirmed, handed over. */
import { computed, effect, signal } from "@preact/signals";
import { isUnanswered } from "../shared/fold";
import { call, post, Problem, problemOf } from "../shared/http";
import { now } from "../shared/now";
import type { Conversation, Lang, Thumb } from "../shared/nouns";
import { Outbox } from "../shared/outbox";
import { Thread } from "../shared/thread";
import type { Actions } from "../talk/actions";
import { deliver } from "./deliver";
import { isOnline } from "./online";
import { Settlements } from "./settlements";

export interface Trouble {
  slug: string;
  again: (() => void) | null;
}

const REFRESH_MS = 30_000;
const TURN_MS = 60_000;

export class Session {
  readonly conversation = signal<Conversation>(null as unknown as Conversation);
  readonly thread: Thread;
  readonly outbox: Outbox;
  readonly settlements: Settlements;
  readonly trouble = signal<Trouble | null>(null);
  readonly isClosed = signal(false);
  readonly isHandingOver = signal(false);
  private readonly asking = signal(0);
  private readonly life = new AbortController();
  private readonly stops: (() => void)[] = [];

  /** A bot turn is running: ours, or one that a refresh came in the middle of. */
  readonly isLookingUp = computed(() => {
    const talk = this.thread.talk.value;
    if (this.trouble.value || this.isClosed.value || !isOnline.value) return false;
    if (!isUnanswered(talk) && !this.outbox.waiting.value.some((one) => one.state === "sending")) return false;
    if (this.asking.value > 0) return talk.answeredBy === "bot";
    const last = talk.items[talk.items.length - 1];
    return last !== undefined && isUnanswered(talk) && now.value.getTime() - Date.parse(last.at) < TURN_MS;
  });

  constructor(conversation: Conversation, private readonly token: string, place: string) {
    this.conversation.value = conversation;
    this.isClosed.value = conversation.state === "closed";
    this.thread = new Thread(`/conversations/${conversation.id}/events`, token, (problem) => this.refused(problem), true);
    this.outbox = new Outbox(`${place}:outbox:${conversation.id}`);
    this.settlements = new Settlements(token, this.thread, `${place}:settling:${conversation.id}`);
    this.stops.push(effect(() => {
      const talk = this.thread.talk.value;
      this.outbox.settle(talk);
      this.settlements.settle(talk);
    }));
    this.thread.start();
    for (const one of this.outbox.waiting.value) if (one.state === "sending") void this.send(one.clientId, one.text);
    const timer = setInterval(() => void this.refreshTicket(), REFRESH_MS);
    this.stops.push(() => clearInterval(timer));
  }

  readonly actions: Actions = {
    say: (text) => this.say(text),
    sayAgain: (clientId) => this.sayAgain(clientId),
    confirm: (id, option) => void this.settlements.confirm(id, option),
    decline: (id) => void this.settlements.decline(id),
    undo: (id) => void this.settlements.undo(id),
    thumb: (id, thumb) => void this.thumb(id, thumb),
    settling: (id) => this.settlements.of(id),
    mail: this.mailing(),
  };

  /** Read at every look: the address is the server's to tell, and is told with its middle hidden. */
  private mailing(): Actions["mail"] {
    const conversation = this.conversation;
    return {
      get isSignedIn() { return conversation.value.caller.kind !== "anonymous"; },
      get address() { return conversation.value.answers_to ?? null; },
      leave: (address) => this.leaveAddress(address),
    };
  }

  private async leaveAddress(address: string | null): Promise<string | null> {
    const path = `/conversations/${this.conversation.value.id}/email`;
    try {
      this.conversation.value = await call<Conversation>(path, { method: "PUT", token: this.token, body: { address } });
      return null;
    } catch (error) {
      return problemOf(error).slug;
    }
  }

  end(): void {
    this.life.abort();
    this.thread.stop();
    for (const stop of this.stops) stop();
  }

  say(text: string): void {
    this.trouble.value = null;
    const one = this.outbox.add(text);
    void this.send(one.clientId, one.text);
  }

  sayAgain(clientId: string): void {
    const one = this.outbox.waiting.value.find((waiting) => waiting.clientId === clientId);
    if (!one) return;
    this.trouble.value = null;
    this.outbox.mark(clientId, "sending");
    void this.send(clientId, one.text);
  }

  private async send(clientId: string, text: string): Promise<void> {
    this.asking.value += 1;
    const problem = await deliver(`/conversations/${this.conversation.value.id}/messages`, this.token, clientId, text, this.thread, this.life.signal);
    this.asking.value -= 1;
    if (problem && !this.life.signal.aborted) {
      this.outbox.mark(clientId, "failed");
      this.report(problem, () => {
        this.trouble.value = null;
        this.outbox.mark(clientId, "sending");
        void this.send(clientId, text);
      });
    }
  }

  /** A person, please: a ticket is opened, or the open one is told again. */
  async handOver(): Promise<void> {
    if (this.isHandingOver.value) return;
    this.isHandingOver.value = true;
    await this.attempt(() => post(`/conversations/${this.conversation.value.id}/handoff`, this.token), () => void this.handOver());
    this.isHandingOver.value = false;
  }

  async thumb(messageId: string, thumb: Thumb): Promise<void> {
    await this.attempt(() => post(`/messages/${messageId}/feedback`, this.token, { thumb }), null);
  }

  async switchLang(next: Lang): Promise<void> {
    await this.attempt(async () => {
      const path = `/conversations/${this.conversation.value.id}`;
      this.conversation.value = await call<Conversation>(path, { method: "PATCH", token: this.token, body: { lang: next } });
    }, null);
  }

  private async attempt(act: () => Promise<unknown>, again: (() => void) | null): Promise<void> {
    try {
      await act();
      this.trouble.value = null;
      await this.thread.catchUp();
    } catch (error) {
      this.report(problemOf(error), again);
    }
  }

  private report(problem: Problem, again: (() => void) | null): void {
    if (problem.slug === "conversation-closed") this.isClosed.value = true;
    this.trouble.value = { slug: problem.slug, again: problem.isPassing ? again : null };
  }

  /** The stream refuses us for good: this conversation is over for this page. */
  private refused(problem: Problem): void {
    this.isClosed.value = true;
    this.trouble.value = { slug: problem.status === 404 ? "not-found" : "token-wrong", again: null };
  }

  /** The place in the queue moves without an event: ask now and then while somebody waits. */
  private async refreshTicket(): Promise<void> {
    if (this.thread.talk.value.answeredBy !== "waiting" || document.hidden) return;
    try {
      const fresh = await call<Conversation>(`/conversations/${this.conversation.value.id}`, { token: this.token });
      if (fresh.ticket?.state === "waiting") this.thread.refreshTicket(fresh.ticket);
    } catch {
      // The next round asks again.
    }
  }
}
