import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";

/** Of which moment the figures are, and what is not shown here. */
export function Foot({ asOf }: { asOf: string }) {
  return (
    <footer class="foot">
      <p data-testid="as-of">{say("company.asOf", { when: whenWords(asOf, now.value, lang.value) })}</p>
      <p>{say("company.privacy")}</p>
    </footer>
  );
}
