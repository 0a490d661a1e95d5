import { useState } from "preact/hooks";
import { say } from "../shared/words";
import { isBusy, step } from "./cases";
import type { Case } from "./nouns";

/** What came of a case: noted, or noted and closed. */
export function CaseOutcome({ one }: { one: Case }) {
  const [outcome, setOutcome] = useState(one.outcome ?? "");
  const said = { outcome: outcome.trim() };
  const submit = (event: Event): void => {
    event.preventDefault();
    void step(one, "outcome", said);
  };
  return (
    <section>
      <h3 id="case-outcome">{say("case.outcome")}</h3>
      <form class="case-form" aria-labelledby="case-outcome" onSubmit={submit}>
        <p class="faint" id="case-outcome-lead">{say("case.outcomeLead")}</p>
        <div class="field">
          <textarea
            data-testid="case-outcome" aria-labelledby="case-outcome" aria-describedby="case-outcome-lead" required rows={3} minLength={3} maxLength={1000}
            value={outcome} onInput={(event) => setOutcome(event.currentTarget.value)}
          />
        </div>
        <div class="case-hands">
          <button type="submit" class="button small" data-testid="case-note" disabled={isBusy.value}>{say("case.note")}</button>
          <button type="button" class="button small primary" data-testid="case-close" disabled={isBusy.value || said.outcome.length < 3} onClick={() => void step(one, "close", said)}>
            {say("case.close")}
          </button>
        </div>
      </form>
    </section>
  );
}
