import { now } from "../shared/now";
import { monthWords, whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { count } from "./count";
import type { Month } from "./nouns";

/** The savings reports, newest first; the bar is the month's spending beside the dearest one's. */
export function Months({ months, next }: { months: Month[]; next: string | null }) {
  const most = Math.max(1, ...months.map((month) => month.spent.amount));
  return (
    <section class="card" aria-labelledby="months">
      <div class="card-head">
        <h2 id="months">{say("company.months")}</h2>
        {next && <p class="faint">{say("company.nextReport", { when: whenWords(next, now.value, lang.value) })}</p>}
      </div>
      {months.length === 0 ? (
        <p class="empty" data-testid="no-months">{say("company.noMonths")}</p>
      ) : (
        <table class="months" aria-labelledby="months">
          <thead>
            <tr>
              <th scope="col">{say("company.colMonth")}</th>
              <th scope="col" class="number">{say("company.colFlights")}</th>
              <th scope="col" class="number">{say("company.spent")}</th>
              <th scope="col" class="number">{say("company.saved")}</th>
            </tr>
          </thead>
          <tbody>
            {months.map((one) => (
              <tr key={one.month} data-testid="month">
                <th scope="row">{monthWords(one.month, lang.value)}</th>
                <td class="number">{count(one.flights)}</td>
                <td class="number"><Bar share={(100 * one.spent.amount) / most} /><span class="amount">{one.spent.text}</span></td>
                <td class="number saved">{one.saved.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Drawn, not styled: the page's policy allows no inline style. */
function Bar({ share }: { share: number }) {
  return (
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect width={share} height="8" rx="1" />
    </svg>
  );
}
