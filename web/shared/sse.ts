/** A server-sent stream over fetch (EventSource can neither POST nor carry a bearer token). */
import { createParser } from "eventsource-parser";
import { ask, type Asked } from "./http";
import type { StreamEvent } from "./nouns";

/** The server pings every 15 s: silence for this long means the line is dead. */
const SILENCE_MS = 40_000;

/** Read a stream to its end, handing over each event; true when the server said `done`. */
export async function readStream(path: string, asked: Asked, take: (event: StreamEvent) => void, opened?: () => void): Promise<boolean> {
  const line = new AbortController();
  const hangUp = (): void => line.abort();
  asked.signal?.addEventListener("abort", hangUp);
  let timer = setTimeout(hangUp, SILENCE_MS);
  let done = false;
  const parser = createParser({
    onEvent: (frame) => {
      const event = parseFrame(frame.id, frame.event, frame.data);
      if (event?.kind === "done") done = true;
      else if (event) take(event);
    },
  });
  try {
    const response = await ask(path, { ...asked, accept: "text/event-stream", signal: line.signal });
    if (!response.body) return false;
    opened?.();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    while (!done) {
      const { value, done: ended } = await reader.read();
      if (ended) break;
      clearTimeout(timer);
      timer = setTimeout(hangUp, SILENCE_MS);
      parser.feed(decoder.decode(value, { stream: true }));
    }
    if (done) void reader.cancel().catch(() => undefined);
    return done;
  } finally {
    clearTimeout(timer);
    asked.signal?.removeEventListener("abort", hangUp);
  }
}

/** A frame as an event; nothing for a frame that is not ours. */
export function parseFrame(id: string | undefined, kind: string | undefined, text: string): StreamEvent | null {
  if (!kind) return null;
  let data: Record<string, unknown> = {};
  try {
    data = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    return null;
  }
  const number = id !== undefined && /^\d+$/.test(id) ? Number(id) : null;
  return { number, kind, at: typeof data["at"] === "string" ? data["at"] : "", data };
}
