/** The nouns of the HTTP contract, as the server words them. A moment is an ISO 8601 UTC string. */
export type Lang = "en" | "zh";
export type Moment = string;

export interface Person {
  id: string;
  name: string;
}

export interface Caller {
  kind: "anonymous" | "traveller" | "company_admin";
  name?: string | null;
  tier?: "member" | "silver" | "gold" | "platinum" | null;
  company?: string | null;
}

export interface Citation {
  article_id: string;
  version: number;
  lang: Lang;
  title: string;
  section?: string | null;
  quote: string;
  url?: string | null;
  in_force_from?: string | null;
}

export interface Sentence {
  text: string;
  lang: Lang;
  citations: number[];
}

export interface Entitlement {
  rule_id: string;
  right: string;
  decision: "allow" | "deny" | "refer";
  title: string;
  reasons: string[];
  until?: Moment | null;
}

export interface Line {
  label: string;
  value: string;
}

/** `price` is what it costs, as the server words it; `waived` what it would have cost without the right. */
export interface Option {
  id: string;
  label: string;
  note?: string | null;
  price?: string | null;
  waived?: string | null;
}

export type ChangeKind = "rebooking" | "refund" | "payment" | "voucher" | "seat" | "bag" | "lounge";
export type MomentKind = "delay" | "cancellation" | "schedule_change" | "return_soon" | "complaint" | "tier_reached" | "credit_expiring" | "rating";

/** `unknown` is being processed, never done; `undone` was carried out and taken back. */
export type ProposalState = "offered" | "pending" | "unknown" | "executed" | "undone" | "declined" | "expired" | "failed";

export interface Proposal {
  id: string;
  kind?: ChangeKind;
  state: ProposalState;
  title: string;
  terms: { lines: Line[]; options: Option[]; chosen?: string | null };
  expires_at: Moment;
  /** Nobody asked: at which moment it is offered, and why. */
  offer?: { moment: MomentKind; reason: string } | null;
  /** Carried out, it can be taken back until then. */
  undo_until?: Moment | null;
  /** Somebody of the staff stands behind it. */
  granted?: { by: string } | null;
}

export interface Receipt {
  id: string;
  proposal_id: string;
  title: string;
  lines: Line[];
  executed_at: Moment;
  reference: string;
}

export interface Ticket {
  id: string;
  number: number | string;
  state: "waiting" | "taken" | "resolved" | "returned";
  position?: number | null;
  promised_by?: Moment | null;
  staff?: Person | null;
}

export type ReplyKind = "answer" | "clarify" | "proposal" | "abstain" | "handoff";

export interface Reply {
  message_id: string;
  kind: ReplyKind;
  text: string;
  lang: Lang;
  sentences: Sentence[];
  citations: Citation[];
  choices?: string[] | null;
  entitlements?: Entitlement[] | null;
  proposal?: Proposal | null;
  ticket?: Ticket | null;
  basis?: "rule" | "curated" | "retrieved" | "model" | null;
  confidence?: number;
}

export type Thumb = "up" | "down" | null;
export type ConversationState = "bot" | "waiting" | "staff" | "closed";

/** `GET /v1/conversations/{id}`. */
export interface Conversation {
  id: string;
  lang: Lang;
  state: ConversationState;
  greeting: string;
  suggestions: string[];
  caller: Caller;
  ticket?: Ticket | null;
  last_event?: number;
  answers_to?: string | null;
}

/** One frame of a stream; `number` is absent for typing, error and done. */
export interface StreamEvent {
  number: number | null;
  kind: string;
  at: Moment;
  // What a server sends is data of many shapes; the fold reads only the fields of each kind.
  data: any;
}
