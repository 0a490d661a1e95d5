/** What a reader of a conversation may do; the desk reads with none of these. */
import type { Thumb } from "../shared/nouns";

/** A proposal on its way: asked and unanswered, or answered with a refusal. */
export interface Settling {
  deed: "confirm" | "decline" | "undo";
  busy: boolean;
  /** The option asked for, kept until there is an answer. */
  option: string | null;
  /** No answer came: unknown, and safe to ask again under the same key. */
  unsure: boolean;
  slug: string | null;
}

export interface Actions {
  say: (text: string) => void;
  sayAgain: (clientId: string) => void;
  confirm: (proposalId: string, option: string | null) => void;
  decline: (proposalId: string) => void;
  undo: (proposalId: string) => void;
  thumb: (messageId: string, thumb: Thumb) => void;
  settling: (proposalId: string) => Settling | null;
  /** Where an answer goes that nobody is there to read; `leave` tells what was wrong, or null. */
  readonly mail: { isSignedIn: boolean; address: string | null; leave: (address: string | null) => Promise<string | null> };
}
