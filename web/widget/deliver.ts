/** Send one message until the server says `done`: always under the same client_msg_id, so it is said once. */
import { backOff } from "../shared/follow";
import { Problem, problemOf, slugOf } from "../shared/http";
import { readStream } from "../shared/sse";
import type { Thread } from "../shared/thread";

const ATTEMPTS = 5;

type Turn = "done" | "cut" | { problem: Problem; told: boolean };

/** Nothing on success; else why it was given up. */
export async function deliver(
  path: string, token: string, clientId: string, text: string, thread: Thread, life: AbortSignal,
): Promise<Problem | null> {
  let problem: Problem = new Problem("unavailable", 0);
  for (let attempt = 0; attempt < ATTEMPTS && !life.aborted; attempt += 1) {
    if (attempt > 0) await pause(backOff(attempt, Math.random()), life);
    const turn = await oneTurn(path, token, clientId, text, thread, life);
    if (turn === "done") return null;
    if (turn === "cut") continue;
    // What the server says in words is an answer: the traveller decides about another try.
    if (turn.told || !turn.problem.isPassing) return turn.problem;
    problem = turn.problem;
  }
  return problem;
}

async function oneTurn(
  path: string, token: string, clientId: string, text: string, thread: Thread, life: AbortSignal,
): Promise<Turn> {
  let said = null as Problem | null;
  let newest = 0;
  try {
    const asked = { method: "POST", token, body: { text, client_msg_id: clientId }, signal: life };
    const done = await readStream(path, asked, (event) => {
      if (event.kind === "error") said = told(event.data);
      newest = Math.max(newest, event.number ?? 0);
      thread.take(event, false);
    });
    // Something came in between (a colleague wrote): the turn's own stream was ahead, fetch the whole.
    if (newest > thread.talk.value.last) await thread.catchUp();
    if (said) return { problem: said, told: true };
    return done ? "done" : "cut";
  } catch (error) {
    return life.aborted ? "cut" : { problem: problemOf(error), told: false };
  }
}

/** An `error` event is a problem document. */
function told(body: Record<string, unknown>): Problem {
  const status = Number(body["status"] ?? 500);
  return new Problem(slugOf(body["type"], status), status, body);
}

/** Wait this long, and without a network until there is one. */
async function pause(ms: number, life: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  if (navigator.onLine || life.aborted) return;
  await new Promise<void>((resolve) => {
    window.addEventListener("online", () => resolve(), { once: true });
    life.addEventListener("abort", () => resolve(), { once: true });
  });
}
