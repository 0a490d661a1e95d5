import { Icon } from "../shared/Icon";
import { say } from "../shared/words";
import type { Booking, Leg } from "./nouns";

/** What they hold: each leg with its airport's own time, as the server words it. */
export function Bookings({ bookings }: { bookings: Booking[] }) {
  return (
    <div class="bookings">
      {bookings.map((booking) => (
        <div key={booking.id} class="booking">
          <p class="booking-head">
            <span class="booking-id">{booking.id}</span>
            <span class="faint">{[...new Set([booking.fare, booking.cabin])].filter(Boolean).join(" · ")}</span>
          </p>
          <ul>
            {booking.legs.map((leg) => (
              <li key={leg.flight + leg.departs_at} class="leg" data-state={leg.state}>
                <Icon name="plane" />
                <span class="leg-route">{leg.from} – {leg.to} <span class="faint">{leg.flight}</span></span>
                <span class="tag" data-tone={leg.state === "cancelled" ? "bad" : leg.state === "ahead" ? "accent" : undefined}>{say(`desk.${leg.state}`)}</span>
                <span class="leg-time">{direction(leg)} · {leg.departs_local}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function direction(leg: Leg): string {
  if (leg.direction === "return") return say("desk.return_leg");
  return leg.direction === "outbound" ? say("desk.outbound") : leg.direction;
}
