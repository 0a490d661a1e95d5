import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { steps } from "./cases";
import type { CaseStep } from "./nouns";

/** Who did what with a case, when and why; newest first. */
export function CaseHistory() {
  if (steps.value.length === 0) return null;
  return (
    <section>
      <h3>{say("case.history")}</h3>
      <ol class="case-steps" data-testid="case-history">
        {[...steps.value].reverse().map((one) => (
          <li key={one.at + one.step}>
            <p>{stepWords(one)}</p>
            {one.reason && <p>{one.reason}</p>}
            <p class="faint">{whenWords(one.at, now.value, lang.value)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function stepWords({ step, by, owner, due_at }: CaseStep): string {
  if (!by) return say("case.step_openedBot");
  return say(`case.step_${step}`, { name: by.name, owner: owner?.name ?? "", when: whenWords(due_at, now.value, lang.value) });
}
