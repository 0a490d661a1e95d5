/** What `GET /v1/company/account` answers: decided figures with their units; days are the airline's calendar days. */
import type { Moment } from "../shared/nouns";

export type Level = "base" | "plus" | "premier";
export type Admin = "first" | "second";

export interface Figure {
  text: string;
  amount: number;
  currency: string;
}

export interface Standing {
  level: Level;
  since: string;
  until: string | null;
  counted_anew_on: string;
  net_fares: Figure;
  travellers: number;
  next: { level: Level; net_fares: Figure; travellers: number } | null;
}

export interface Year {
  year: number;
  flights: number;
  spent: Figure;
  saved: Figure;
  points: number;
  bonus: number;
}

export interface Month {
  month: string;
  flights: number;
  spent: Figure;
  saved: Figure;
}

export interface LinkedTraveller {
  name: string;
  state: "active" | "invited" | "expired";
  since: string;
  ends_on: string | null;
  admin: Admin | null;
  flights: number;
  points: number;
}

export interface Account {
  as_of: Moment;
  company: { name: string; other_name: string; number: string | null; status: "active" | "pending" | "left"; joined_on: string };
  you: string;
  admins: { name: string; admin: Admin }[];
  standing: Standing | null;
  year: Year;
  balance: number;
  worth: Figure;
  places: number;
  places_taken: number;
  travellers: LinkedTraveller[];
  months: Month[];
  next_report_at: Moment | null;
}
