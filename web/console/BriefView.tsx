import { now } from "../shared/now";
import type { Lang } from "../shared/nouns";
import { whenWords } from "../shared/time";
import { lang as ourLang, say } from "../shared/words";
import { Bookings } from "./Bookings";
import { BriefDraft } from "./BriefDraft";
import { Grants } from "./Grants";
import { Lessons } from "./Lessons";
import { Macros } from "./Macros";
import type { Brief } from "./nouns";
import { Offers } from "./Offers";
import { RightsGroups } from "./RightsGroups";
import { Tags } from "./Tags";
import { TicketCase } from "./TicketCase";
import { Who } from "./Who";

/** What staff read first, in the order they need it. */
export function BriefView({ brief, lang }: { brief: Brief; lang: Lang }) {
  const { why, earlier, who, offers, happened } = brief;
  const theirs = lang === "zh" ? "zh-CN" : "en";
  return (
    <div class="brief" data-testid="brief" tabIndex={0}>
      <section class="brief-wants">
        <h3>{say("desk.wants")}</h3>
        <p class="wants" lang={theirs}>{brief.wants}</p>
        {brief.question && brief.question !== brief.wants && <blockquote lang={theirs} aria-label={say("desk.question")}>{brief.question}</blockquote>}
      </section>
      <section>
        <h3>{say("desk.who")}</h3>
        <Who who={who} />
        {who.traveller_id && <Tags tags={who.tags} travellerId={who.traveller_id} />}
      </section>
      <section>
        <h3>{say("desk.why")}</h3>
        <p>
          <span class="tag" data-tone="person">{say(`desk.${why.reason}`)}</span> {why.text}
        </p>
        {typeof why.confidence === "number" && typeof why.threshold === "number" && (
          <p class="faint">{say("desk.confidence", { c: Math.round(why.confidence * 100), t: Math.round(why.threshold * 100) })}</p>
        )}
      </section>
      <TicketCase />
      {happened.length > 0 && (
        <section data-testid="happened">
          <h3>{say("desk.happened")}</h3>
          {happened.map((said) => <p key={said} class="happened">{said}</p>)}
        </section>
      )}
      <BriefDraft brief={brief} />
      {brief.entitlements.length > 0 && (
        <section class="brief-rights">
          <h3>{say("desk.rights")}</h3>
          <RightsGroups entitlements={brief.entitlements} />
        </section>
      )}
      <Lessons brief={brief} />
      <Macros />
      {offers.length > 0 && (
        <section>
          <h3>{say("desk.offers")}</h3>
          <Offers offers={offers} />
        </section>
      )}
      {who.kind !== "anonymous" && <Grants bookings={brief.bookings} />}
      {brief.bookings.length > 0 && (
        <section>
          <h3>{say("desk.bookings")}</h3>
          <Bookings bookings={brief.bookings} />
        </section>
      )}
      {earlier.length > 0 && (
        <section>
          <h3>{say("desk.earlier")}</h3>
          <ul class="earlier">
            {earlier.map((one) => (
              <li key={one.id}>
                <p>{one.headline}</p>
                <p class="faint">{whenWords(one.at, now.value, ourLang.value)} · {say(`desk.outcome_${one.outcome}`)}</p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
