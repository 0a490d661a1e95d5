/** The nouns of the desk, as the contract words them. */
import type { Caller, ChangeKind, Citation, ConversationState, Entitlement, Lang, Moment, MomentKind, Person, ProposalState, Sentence, Ticket } from "../shared/nouns";

export type Reason = "low_confidence" | "asked" | "stake" | "complaint" | "failed_change" | "unknown_change" | "silent_airline" | "stopped";

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

/** Something that is not over with one answer: with an owner and a date, and a version that every step raises. */
export interface Case {
  id: string;
  number: number;
  ticket_id: string;
  caller: Caller;
  lang: Lang;
  reason: Reason;
  about: string;
  state: "open" | "answered" | "closed";
  owner: Person | null;
  due_at: Moment;
  late: boolean;
  outcome: string | null;
  opened_at: Moment;
  closed_at: Moment | null;
  version: number;
}

export interface CaseStep {
  at: Moment;
  step: "opened" | "taken" | "handed" | "moved" | "answered" | "closed";
  by: Person | null;
  owner: Person | null;
  due_at: Moment;
  reason: string;
}

/** A dated fact about a traveller, who set it, and why where staff did. */
export interface Tag {
  name: string;
  title: string;
  until: Moment | null;
  source: "platform" | "derived" | "staff" | "bot" | "host";
  set_by: string | null;
  reason: string | null;
}

/** A kind of tag that staff may set. */
export interface TagKind {
  name: string;
  title: string;
}

/** What was offered unasked: why, and what came of it. */
export interface Offer {
  id: string;
  right: string;
  title: string;
  moment: MomentKind;
  reason: string;
  outcome: "shown" | "told" | "to_staff" | "held_out" | "accepted" | "declined" | "ignored";
  at: Moment;
}

/** What staff give beyond the rules, for a reason, within a limit. */
export interface Grant {
  id: string;
  kind: ChangeKind;
  amount: string;
  currency: string;
  reason: string;
  by: string;
  state: "waiting_approval" | "refused" | ProposalState;
  approved_by?: string | null;
  at: Moment;
}

export interface GrantLimit {
  each: string;
  day: string;
  left_today: string;
  currency: string;
}

/** What is asked of the server for a grant. */
export interface GrantAsked {
  kind: ChangeKind;
  booking_id: string | null;
  leg_id?: string;
  amount?: string;
  currency?: string;
  reason: string;
}

export interface Leg {
  /** Empty on a ticket of the first release. */
  id: string;
  flight: string;
  from: string;
  to: string;
  departs_at: Moment;
  departs_local: string;
  state: "flown" | "ahead" | "cancelled" | "refunded";
  direction: string;
}

export interface Booking {
  id: string;
  fare?: string | null;
  cabin?: string | null;
  legs: Leg[];
}

/** A right in the approved words that an offer of it has, to be sent as they stand. */
export interface Macro {
  rule_id: string;
  right: string;
  title: string;
  text: string;
  until: Moment | null;
}

/** What a traveller is worth (0 to 100), and the segment this makes; null where it is not known. */
export interface Worth {
  segment?: "high" | "potential" | "regular" | null;
  value?: number | null;
}

export interface Brief {
  wants: string;
  who: Caller & Worth & { traveller_id: string | null; tags: Tag[] };
  why: { reason: Reason; text: string; confidence?: number | null; threshold?: number | null };
  draft?: { text: string; sentences: Sentence[] } | null;
  citations: Citation[];
  entitlements: Entitlement[];
  offers: Offer[];
  bookings: Booking[];
  /** What happened meanwhile, and the right that goes with it. */
  happened: string[];
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

/** What is asked, and what is answered, in one language. */
export interface Taught {
  question: string;
  answer: string;
  also?: string[];
}

export type Audience = "public" | "traveller" | "company_admin" | "staff";

export interface Lesson {
  id: string;
  version: number;
  state: "proposed" | "published" | "withdrawn" | "discarded";
  ticket_id: string | null;
  texts: Partial<Record<Lang, Taught>>;
  audience: Audience;
  by: string;
  at: Moment;
  decided_by: string | null;
  may_publish: boolean;
  alone_at: Moment;
}

export interface LookedAt {
  lesson: Lesson;
  today: Partial<Record<Lang, { kind: string; text: string; titles: string[] }>>;
  contested: { says: string; against: string; against_says: string }[];
  past: string[];
  past_count: number;
}
