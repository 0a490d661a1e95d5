import { dayWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { count } from "./count";
import type { Standing as Stands } from "./nouns";

/** The company's level, its dates, and how far the next one is. */
export function Standing({ standing, year }: { standing: Stands; year: number }) {
  const { level, until, next } = standing;
  const day = (one: string): string => dayWords(one, lang.value);
  return (
    <section class="card standing" aria-labelledby="level" data-testid="standing" data-level={level}>
      <div class="standing-level">
        <h2 id="level">{say("company.level")}</h2>
        <p class="level-name">{say(`company.${level}`)}</p>
        <ul class="level-days">
          <li>{say("company.since", { day: day(standing.since) })}</li>
          {until && <li>{say("company.until", { day: day(until) })}</li>}
          <li>{say("company.countedAnew", { day: day(standing.counted_anew_on) })}</li>
        </ul>
      </div>
      {next ? (
        <div class="standing-next">
          <h3>{say("company.towards", { level: say(`company.${next.level}`) })}</h3>
          <Way id="fares" name={say("company.netFares", { year })} now={standing.net_fares.amount} goal={next.net_fares.amount}
            text={say("company.ofGoal", { now: standing.net_fares.text, goal: next.net_fares.text })} />
          <Way id="flyers" name={say("company.flyers", { year })} now={standing.travellers} goal={next.travellers}
            text={say("company.ofGoal", { now: count(standing.travellers), goal: count(next.travellers) })} />
          <p class="faint">{say("company.both")}</p>
        </div>
      ) : (
        <p class="standing-next">{say("company.top")}</p>
      )}
    </section>
  );
}

function Way({ id, name, now, goal, text }: { id: string; name: string; now: number; goal: number; text: string }) {
  return (
    <div class="way">
      <p><span id={`way-${id}`}>{name}</span><strong>{text}</strong></p>
      <progress aria-labelledby={`way-${id}`} aria-valuetext={text} max={goal} value={Math.min(now, goal)} />
    </div>
  );
}
