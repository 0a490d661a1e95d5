import type { Caller } from "../shared/nouns";
import { say } from "../shared/words";

/** The name to show for who asks; of somebody not signed in we know none. */
export function callerName(caller: Caller): string {
  return caller.name || say(`desk.${caller.kind}`);
}
