/** Follow a numbered stream for as long as the page lives: replay, live, and again after every break. */
import { call, Problem } from "./http";
import type { StreamEvent } from "./nouns";
import { readStream } from "./sse";

export type Link = "connecting" | "live" | "broken";

export interface Followed {
  path: string;
  token: string;
  /** The highest number applied so far. */
  after: () => number;
  take: (event: StreamEvent) => void;
  link: (link: Link) => void;
  /** The server refuses us for good (token wrong, gone): following has stopped. */
  refused: (problem: Problem) => void;
  /** A hidden page hangs up and comes back when it is looked at (browsers allow six lines a server). */
  restsWhenHidden?: boolean;
}

export interface Following {
  stop: () => void;
  /** Fetch what is new by a plain call: after our own actions, and when streams do not get through. */
  catchUp: () => Promise<void>;
}

/** Milliseconds before the n-th attempt: 0.5 s doubling to 15 s, with up to a half of it by chance. */
export function backOff(attempt: number, chance: number): number {
  return Math.min(15_000, 500 * 2 ** Math.min(attempt, 6)) * (1 + chance / 2);
}

export function follow(followed: Followed): Following {
  const life = new AbortController();
  let wake: (() => void) | null = null;
  const nudge = (): void => wake?.();

  const next = (): string => `${followed.path}${followed.path.includes("?") ? "&" : "?"}after=${followed.after()}`;

  async function catchUp(): Promise<void> {
    const page = await call<{ events: StreamEvent[] }>(next(), { token: followed.token });
    if (life.signal.aborted) return;
    for (const event of page.events) followed.take(event);
  }

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(finish, ms);
      function finish(): void {
        clearTimeout(timer);
        wake = null;
        resolve();
      }
      wake = finish;
    });
  }

  async function once(): Promise<void> {
    const line = new AbortController();
    const hangUp = (): void => line.abort();
    life.signal.addEventListener("abort", hangUp);
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(hiding);
      if (document.hidden && followed.restsWhenHidden) hiding = setTimeout(hangUp, 60_000);
    };
    document.addEventListener("visibilitychange", watch);
    try {
      await readStream(next(), { token: followed.token, signal: line.signal }, followed.take, () => followed.link("live"));
    } finally {
      clearTimeout(hiding);
      document.removeEventListener("visibilitychange", watch);
      life.signal.removeEventListener("abort", hangUp);
    }
  }

  async function live(): Promise<void> {
    let attempt = 0;
    while (!life.signal.aborted) {
      const began = Date.now();
      try {
        await once();
      } catch (error) {
        if (error instanceof Problem && [401, 403, 404, 410].includes(error.status)) {
          followed.refused(error);
          return;
        }
      }
      if (life.signal.aborted) return;
      if (document.hidden && followed.restsWhenHidden) {
        await rest(3_600_000);
        attempt = 0;
        continue;
      }
      if (Date.now() - began > 10_000) attempt = 0;
      followed.link(attempt === 0 ? "connecting" : "broken");
      await rest(backOff(attempt, Math.random()));
      attempt += 1;
      await catchUp().catch(() => undefined);
    }
  }

  window.addEventListener("online", nudge);
  document.addEventListener("visibilitychange", nudge);
  followed.link("connecting");
  void live();
  return {
    stop: () => {
      life.abort();
      window.removeEventListener("online", nudge);
      document.removeEventListener("visibilitychange", nudge);
      nudge();
    },
    catchUp,
  };
}
