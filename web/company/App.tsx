import { ErrorBanner } from "../shared/ErrorBanner";
import { say, sayProblem } from "../shared/words";
import { account, isSignedOut, load, problem } from "./company";
import { Door } from "./Door";
import { Foot } from "./Foot";
import { Head } from "./Head";
import { Months } from "./Months";
import type { Account } from "./nouns";
import { Standing } from "./Standing";
import { Tiles } from "./Tiles";
import { TopBar } from "./TopBar";
import { Travellers } from "./Travellers";

/** The account, or why it is not there. */
export function App() {
  const shown = account.value;
  return (
    <>
      <a class="skip" href="#main">{say("demo.skip")}</a>
      <TopBar you={shown?.you ?? null} />
      <main id="main" class="company">
        {shown ? <Whole account={shown} /> : <Door problem={problem.value} isSignedOut={isSignedOut.value} />}
      </main>
    </>
  );
}

function Whole({ account: { company, standing, year, ...rest } }: { account: Account }) {
  const trouble = problem.value;
  return (
    <>
      {trouble && <ErrorBanner text={`${say("company.stale")} ${sayProblem(trouble.slug)}`} way={{ label: say("common.retry"), go: () => void load() }} />}
      <Head company={company} admins={rest.admins} />
      {standing && (
        <>
          <Tiles year={year} balance={rest.balance} worth={rest.worth} />
          <Standing standing={standing} year={year.year} />
          <Travellers travellers={rest.travellers} places={rest.places} taken={rest.places_taken} />
          <Months months={rest.months} next={rest.next_report_at} />
        </>
      )}
      <Foot asOf={rest.as_of} />
    </>
  );
}
