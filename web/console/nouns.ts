/** The nouns of the desk, as the contract words them. */
import type { Caller, Citation, ConversationState, Entitlement, Lang, Moment, Person, Sentence, Ticket } from "../shared/nouns";

export type Reason = "low_confidence" | "asked" | "stake" | "complaint" | "failed_change" | "stopped";

export interface DeskTicket {
  id: string;
  number: number | string;
  conversation_id: string;
  state: Ticket["state"];
  reason: Reason;
  opened_at: Moment;
  promised_by?: Moment | null;
  position?: number | null;
  late: boolean;
  taken_by?: Person | null;
  taken_at?: Moment | null;
  closed_at?: Moment | null;
  lang: Lang;
  headline: string;
  caller: Caller;
  mood: "calm" | "upset";
  messages_waiting: number;
}

export interface Leg {
  flight: string;
  from: string;
  to: string;
  departs_at: Moment;
  departs_local: string;
  state: "flown" | "ahead" | "cancelled";
  direction: string;
}

export interface Booking {
  id: string;
  fare?: string | null;
  cabin?: string | null;
  legs: Leg[];
}

/** What a traveller is worth (0 to 100), and the segment this makes; null where it is not known. */
export interface Worth {
  segment?: "high" | "potential" | "regular" | null;
  value?: number | null;
}

export interface Brief {
  wants: string;
  who: Caller & Worth & { tags: { name: string; title: string; until?: Moment | null }[] };
  why: { reason: Reason; text: string; confidence?: number | null; threshold?: number | null };
  draft?: { text: string; sentences: Sentence[] } | null;
  citations: Citation[];
  entitlements: Entitlement[];
  bookings: Booking[];
  earlier: { id: string; at: Moment; headline: string; outcome: ConversationState }[];
  question: string;
}

/** What staff say of an answer, or of the draft behind a hand-off. */
export type Label = "right" | "wrong";

export interface OpenedTicket {
  ticket: DeskTicket;
  brief: Brief;
  labels: Readonly<Record<string, Label | null>>;
  conversation: { id: string; lang: Lang; state: ConversationState; caller: Caller; last_event?: number };
}
