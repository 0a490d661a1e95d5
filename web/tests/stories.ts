/** Small makers of what a server would send. */
import { emptyTalk, take, type Talk } from "../shared/fold";
import type { Proposal, Receipt, Reply, Sentence, StreamEvent, Ticket } from "../shared/nouns";

export function event(number: number, kind: string, data: unknown): StreamEvent {
  return { number, kind, at: "2026-11-22T06:10:00Z", data };
}

export function fold(events: StreamEvent[]): Talk {
  return events.reduce((talk, one) => take(talk, one, true), emptyTalk);
}

export function aSentence(text: string, citations: number[] = [], lang: Sentence["lang"] = "en"): Sentence {
  return { text, lang, citations };
}

export function aReply(id: string, text: string): Reply {
  return { message_id: id, kind: "answer", text, lang: "en", sentences: [aSentence(text)], citations: [] };
}

export function aProposal(state: Proposal["state"]): Proposal {
  return { id: "p1", state, title: "Change the return flight", terms: { lines: [], options: [] }, expires_at: "2026-11-22T06:25:00Z" };
}

export function aReceipt(id: string): Receipt {
  return { id, proposal_id: "p1", title: "Changed", lines: [], executed_at: "2026-11-22T06:12:00Z", reference: `R-${id}` };
}

export function aTicket(changed: Partial<Ticket> = {}): Ticket {
  return { id: "t1", number: 1042, state: "waiting", position: 1, promised_by: "2026-11-22T06:30:00Z", ...changed };
}
