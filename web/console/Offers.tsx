import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say, type Word } from "../shared/words";
import type { Offer } from "./nouns";

const moments: Record<Offer["moment"], Word> = {
  delay: "desk.moment_delay",
  cancellation: "desk.moment_cancellation",
  schedule_change: "desk.moment_schedule_change",
  return_soon: "desk.moment_return_soon",
  complaint: "desk.moment_complaint",
  tier_reached: "desk.moment_tier_reached",
  credit_expiring: "desk.moment_credit_expiring",
  rating: "desk.moment_rating",
};
const tones: Partial<Record<Offer["outcome"], string>> = { accepted: "good", shown: "accent", told: "accent", to_staff: "person" };

/** What was offered unasked, why it was offered, and what came of it. */
export function Offers({ offers }: { offers: Offer[] }) {
  return (
    <ul class="plain-list">
      {offers.map((one) => (
        <li key={one.id} class="offer-made" data-testid="offer-made" data-moment={one.moment} data-outcome={one.outcome}>
          <p class="offer-head">
            <strong>{one.title}</strong>
            <span class="tag" data-tone={tones[one.outcome]}>{say(`desk.offer_${one.outcome}`)}</span>
          </p>
          <p class="faint">{say("desk.offerWhy")}: {say(moments[one.moment])} · {whenWords(one.at, now.value, lang.value)}</p>
          {one.reason && <p class="offer-reason" data-testid="offer-reason">{one.reason}</p>}
        </li>
      ))}
    </ul>
  );
}
