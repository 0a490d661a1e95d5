/** A conversation on screen is a fold over its numbered events, and nothing else. */
import type { Moment, Person, Proposal, Receipt, Reply, Sentence, StreamEvent, Thumb, Ticket } from "./nouns";

export interface MessageItem {
  is: "message";
  id: string;
  role: "traveller" | "bot" | "staff";
  at: Moment;
  text: string;
  clientId: string | null;
  staff: Person | null;
  /** A bot's sentences as they arrive, by index; the reply closes them. */
  sentences: Sentence[];
  reply: Reply | null;
}
export interface CardItem {
  is: "proposal" | "receipt" | "ticket";
  id: string;
  at: Moment;
}
export interface NoticeItem {
  is: "notice";
  id: string;
  at: Moment;
  kind: "taken_over" | "returned" | "resolved";
  staff: Person | null;
}
export type Item = MessageItem | CardItem | NoticeItem;

export interface Talk {
  /** The highest number applied. */
  last: number;
  items: readonly Item[];
  proposals: Readonly<Record<string, Proposal>>;
  receipts: Readonly<Record<string, Receipt>>;
  tickets: Readonly<Record<string, Ticket>>;
  thumbs: Readonly<Record<string, Thumb>>;
  /** Who answers: told by the events alone. */
  answeredBy: "bot" | "waiting" | "staff";
  staff: Person | null;
}

export const emptyTalk: Talk = {
  last: 0, items: [], proposals: {}, receipts: {}, tickets: {}, thumbs: {}, answeredBy: "bot", staff: null,
};

/**
 * Apply an event once. The followed stream is `complete` (in order, nothing missing); a turn's own stream may run ahead of it,
 * so from there only the very next number is taken: the rest comes by the followed stream, in its place.
 */
export function take(talk: Talk, event: StreamEvent, complete: boolean): Talk {
  if (event.number === null || event.number <= talk.last) return talk;
  if (!complete && event.number !== talk.last + 1) return talk;
  return { ...apply(talk, event), last: event.number };
}

function apply(talk: Talk, { kind, data, at, number }: StreamEvent): Talk {
  switch (kind) {
    case "message":
      return withMessage(talk, { ...blank(data.message_id, "traveller", at), text: data.text, clientId: data.client_msg_id ?? null });
    case "staff_message":
      return withMessage(talk, {
        ...blank(data.message_id, "staff", at), text: data.text, staff: data.staff ?? null, clientId: data.client_msg_id ?? null,
      });
    case "sentence":
      return withSentence(talk, data.message_id, data.index, { text: data.text, lang: data.lang, citations: data.citations ?? [] }, at);
    case "reply":
      return withReply(talk, data as Reply, at);
    case "proposal":
      return withCard({ ...talk, proposals: { ...talk.proposals, [data.id]: data } }, { is: "proposal", id: data.id, at });
    case "receipt":
      return withCard({ ...talk, receipts: { ...talk.receipts, [data.id]: data } }, { is: "receipt", id: data.id, at });
    case "handoff":
      return { ...withTicket(talk, data.ticket, at), answeredBy: data.ticket.state === "taken" ? "staff" : "waiting" };
    case "promise": // place or time of one who waits; whoever has been taken meanwhile waits no longer
      return talk.tickets[data.ticket.id]?.state === "waiting" ? withTicket(talk, data.ticket, at) : talk;
    case "taken_over":
      return withNotice(
        { ...ticketState(talk, data.ticket_id, "taken", data.staff), answeredBy: "staff", staff: data.staff ?? null },
        { is: "notice", id: `notice-${number}`, at, kind, staff: data.staff ?? null },
      );
    case "returned":
    case "resolved":
      return withNotice(
        { ...ticketState(talk, data.ticket_id, kind, null), answeredBy: "bot", staff: null },
        { is: "notice", id: `notice-${number}`, at, kind, staff: talk.staff },
      );
    case "feedback":
      return { ...talk, thumbs: { ...talk.thumbs, [data.message_id]: data.thumb ?? null } };
    default:
      return talk; // a kind of tomorrow: counted, not shown
  }
}

function blank(id: string, role: MessageItem["role"], at: Moment): MessageItem {
  return { is: "message", id, role, at, text: "", clientId: null, staff: null, sentences: [], reply: null };
}

function messageAt(talk: Talk, id: string): number {
  return talk.items.findIndex((item) => item.is === "message" && item.id === id);
}

function withMessage(talk: Talk, message: MessageItem): Talk {
  const found = messageAt(talk, message.id);
  if (found < 0) return { ...talk, items: [...talk.items, message] };
  return { ...talk, items: talk.items.map((item, i) => (i === found ? message : item)) };
}

function withSentence(talk: Talk, id: string, index: number, sentence: Sentence, at: Moment): Talk {
  const found = talk.items[messageAt(talk, id)] as MessageItem | undefined;
  const message = found ?? blank(id, "bot", at);
  if (message.reply) return talk;
  const sentences = [...message.sentences];
  sentences[index] = sentence;
  return withMessage(talk, { ...message, sentences });
}

function withReply(talk: Talk, reply: Reply, at: Moment): Talk {
  const found = talk.items[messageAt(talk, reply.message_id)] as MessageItem | undefined;
  const message = found ?? blank(reply.message_id, "bot", at);
  let next = withMessage(talk, { ...message, reply, text: reply.text, sentences: reply.sentences ?? [] });
  if (reply.proposal) {
    const { proposal } = reply;
    // Asked about again, the card comes again: it moves below the newest reply that carries it.
    next = withCard({ ...next, proposals: { ...next.proposals, [proposal.id]: proposal } }, { is: "proposal", id: proposal.id, at }, true);
  }
  if (reply.ticket) next = withTicket(next, reply.ticket, at, true);
  return next;
}

function withTicket(talk: Talk, ticket: Ticket, at: Moment, moved = false): Talk {
  return withCard({ ...talk, tickets: { ...talk.tickets, [ticket.id]: ticket } }, { is: "ticket", id: ticket.id, at }, moved);
}

function ticketState(talk: Talk, id: string, state: Ticket["state"], staff: Person | null | undefined): Talk {
  const ticket = talk.tickets[id];
  if (!ticket) return talk;
  return { ...talk, tickets: { ...talk.tickets, [id]: { ...ticket, state, ...(staff ? { staff } : {}) } } };
}

function withCard(talk: Talk, card: CardItem, moved = false): Talk {
  const same = (item: Item): boolean => item.is === card.is && item.id === card.id;
  if (!talk.items.some(same)) return { ...talk, items: [...talk.items, card] };
  return moved ? { ...talk, items: [...talk.items.filter((item) => !same(item)), card] } : talk;
}

function withNotice(talk: Talk, notice: NoticeItem): Talk {
  return { ...talk, items: [...talk.items, notice] };
}

/** The bot still owes an answer: the traveller spoke last, and to the bot (what was said to a person is settled by the notice after it). */
export function isUnanswered(talk: Talk): boolean {
  if (talk.answeredBy !== "bot") return false;
  const spoken = talk.items.filter((item): item is MessageItem | NoticeItem => item.is === "message" || item.is === "notice");
  const last = spoken[spoken.length - 1];
  return last?.is === "message" && last.role === "traveller";
}

/** What was said or shown to the traveller, in order. */
export function toldItems(talk: Talk): Item[] {
  return talk.items.filter((item) => item.is !== "message" || item.role !== "traveller");
}

/** A card that nobody asked for. */
export function isOffer(talk: Talk, item: Item): boolean {
  return item.is === "proposal" && talk.proposals[item.id]?.offer != null;
}
