import { say } from "../shared/words";
import type { Figure, Year } from "./nouns";
import { count } from "./count";

/** The year so far, in four figures. */
export function Tiles({ year, balance, worth }: { year: Year; balance: number; worth: Figure }) {
  const earned = year.bonus > 0
    ? say("company.earnedLead", { flights: count(year.points), bonus: count(year.bonus) })
    : say("company.earnedPlain");
  return (
    <section aria-labelledby="year">
      <div class="card-head">
        <h2 id="year">{say("company.year", { year: year.year })}</h2>
        {year.flights > 0
          ? <p class="faint">{say("company.flights", { n: count(year.flights) })}</p>
          : <p class="faint" data-testid="no-trips">{say("company.noTrips")}</p>}
      </div>
      <dl class="tiles" data-testid="tiles">
        <Tile name={say("company.spent")} figure={year.spent.text} lead={say("company.spentLead")} />
        <Tile name={say("company.saved")} figure={year.saved.text} lead={say("company.savedLead")} good />
        <Tile name={say("company.earned")} figure={count(year.points + year.bonus)} lead={earned} />
        <Tile name={say("company.balance")} figure={count(balance)} lead={say("company.worth", { amount: worth.text })} />
      </dl>
    </section>
  );
}

function Tile({ name, figure, lead, good = false }: { name: string; figure: string; lead: string; good?: boolean }) {
  return (
    <div class="card tile" data-good={good}>
      <dt>{name}</dt>
      <dd class="tile-figure">{figure}</dd>
      <dd class="tile-lead">{lead}</dd>
    </div>
  );
}
