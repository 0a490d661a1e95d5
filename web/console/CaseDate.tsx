import { useState } from "preact/hooks";
import { say } from "../shared/words";
import { isBusy, step } from "./cases";
import type { Case } from "./nouns";

/** Moves the date of a case, with the reason for the desk. */
export function CaseDate({ one }: { one: Case }) {
  const [at, setAt] = useState(localOf(one.due_at));
  const [reason, setReason] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await step(one, "date", { due_at: new Date(at).toISOString(), reason: reason.trim() })) setReason("");
  };
  return (
    <section>
      <h3 id="case-move">{say("case.move")}</h3>
      <form class="case-form" aria-labelledby="case-move" onSubmit={(event) => void submit(event)}>
        <p class="faint">{say("case.moveLead")}</p>
        <label class="field">
          {say("case.newDate")}
          <input data-testid="case-date" type="datetime-local" required value={at} onInput={(event) => setAt(event.currentTarget.value)} />
        </label>
        <label class="field">
          {say("case.moveReason")}
          <input data-testid="case-reason" required minLength={3} maxLength={1000} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button small" data-testid="case-move" disabled={isBusy.value}>{say("case.move")}</button>
      </form>
    </section>
  );
}

/** A moment as such a field writes it: on the reader's own clock, to the minute. */
function localOf(moment: string): string {
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
