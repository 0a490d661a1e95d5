import { Icon } from "../shared/Icon";
import { dayWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { count } from "./count";
import { download, isDownloading } from "./company";
import type { LinkedTraveller } from "./nouns";

const TONES = { active: "good", invited: "accent", expired: "plain" } as const;

/** Who is on the list, since when, and what they flew and earned for the company this year. */
export function Travellers({ travellers, places, taken }: { travellers: LinkedTraveller[]; places: number; taken: number }) {
  return (
    <section class="card" aria-labelledby="travellers">
      <div class="card-head">
        <h2 id="travellers">{say("company.travellers")}</h2>
        <p class="faint">{say("company.places", { n: count(taken), most: count(places) })}</p>
        {travellers.length > 0 && (
          <button type="button" class="button small" data-testid="download" disabled={isDownloading.value} onClick={() => void download()}>
            <Icon name="save" /> {say(isDownloading.value ? "company.downloading" : "company.download")}
          </button>
        )}
      </div>
      {travellers.length === 0 ? (
        <p class="empty" data-testid="no-travellers"><strong>{say("company.noTravellers")}</strong><br />{say("company.noTravellersLead")}</p>
      ) : (
        <table class="travellers" aria-labelledby="travellers">
          <thead>
            <tr>
              <th scope="col">{say("company.colName")}</th>
              <th scope="col">{say("company.colState")}</th>
              <th scope="col" class="number">{say("company.colFlights")}</th>
              <th scope="col" class="number">{say("company.colPoints")}</th>
            </tr>
          </thead>
          <tbody>{travellers.map((one, i) => <Row key={i} one={one} />)}</tbody>
        </table>
      )}
    </section>
  );
}

function Row({ one }: { one: LinkedTraveller }) {
  const isIn = one.state === "active";
  return (
    <tr data-testid="traveller" data-state={one.state}>
      <th scope="row">
        {one.name}
        {one.admin && <span class="row-admin">{say(`company.${one.admin}`)}</span>}
      </th>
      <td>
        <span class="tag" data-tone={TONES[one.state]}>{say(`company.${one.state}`)}</span>
        <span class="row-day">{dayOf(one)}</span>
      </td>
      <td class="number">{isIn ? count(one.flights) : "–"}</td>
      <td class="number">{isIn ? count(one.points) : "–"}</td>
    </tr>
  );
}

function dayOf({ state, since, ends_on }: LinkedTraveller): string {
  const day = (one: string): string => dayWords(one, lang.value);
  if (state === "active") return say("company.sinceDay", { day: day(since) });
  return say(state === "invited" ? "company.validTo" : "company.ranOut", { day: day(ends_on ?? since) });
}
