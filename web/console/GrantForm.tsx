import { useEffect, useRef, useState } from "preact/hooks";
import { ErrorBanner } from "../shared/ErrorBanner";
import { moneyWords } from "../shared/money";
import type { ChangeKind } from "../shared/nouns";
import { lang, say, sayRefusal } from "../shared/words";
import { grant, isBusy, isFormOpen, limit, refused } from "./granting";
import type { Booking, GrantLimit } from "./nouns";

const kinds: ChangeKind[] = ["voucher", "payment", "rebooking", "refund", "seat", "bag", "lounge"];
/** These are worth what staff say; the others what the airline's system says. */
const withAmount: ChangeKind[] = ["voucher", "payment"];
/** These are of one flight; the others may be of a booking as a whole. */
const ofAFlight: ChangeKind[] = ["rebooking", "seat", "bag", "lounge"];

/** Gives something beyond the rules: what, for which flight, how much, and why. */
export function GrantForm({ bookings }: { bookings: Booking[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [kind, setKind] = useState<ChangeKind>("voucher");
  const [about, setAbout] = useState<string>("0");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const places = placesOf(bookings, kind);
  const hasAmount = withAmount.includes(kind);
  useEffect(() => {
    if (isFormOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isFormOpen.value]);
  const pick = (next: ChangeKind): void => {
    setKind(next);
    setAbout("0");
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const place = places[Number(about)];
    const money = hasAmount && limit.value ? { amount, currency: limit.value.currency } : {};
    const leg = place?.legId ? { leg_id: place.legId } : {};
    if (!(await grant({ kind, booking_id: place?.bookingId ?? null, ...leg, ...money, reason: reason.trim() }))) return;
    setAmount("");
    setReason("");
    isFormOpen.value = false;
  };
  return (
    <dialog class="grant-form" ref={dialog} aria-labelledby="grant-title" data-testid="grant-form" onClose={() => (isFormOpen.value = false)}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="grant-title">{say("grant.title")}</h2>
        <p class="faint">{say("grant.lead")}</p>
        <label class="field">
          {say("grant.kind")}
          <select data-testid="grant-kind" value={kind} onChange={(event) => pick(event.currentTarget.value as ChangeKind)}>
            {kinds.map((one) => <option key={one} value={one}>{say(`grant.kind_${one}`)}</option>)}
          </select>
        </label>
        {places.length > 0 && (
          <label class="field">
            {say("grant.about")}
            <select data-testid="grant-about" value={about} onChange={(event) => setAbout(event.currentTarget.value)}>
              {places.map(({ label }, i) => <option key={label} value={String(i)}>{label}</option>)}
            </select>
          </label>
        )}
        {hasAmount && limit.value && <Amount limit={limit.value} amount={amount} onAmount={setAmount} />}
        <label class="field">
          {say("grant.reason")}
          <textarea data-testid="grant-reason" required rows={3} minLength={5} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        {refused.value && <ErrorBanner text={sayRefusal(refused.value)} />}
        <div class="grant-buttons">
          <button type="button" class="button" onClick={() => (isFormOpen.value = false)}>{say("grant.cancel")}</button>
          <button type="submit" class="button primary" data-testid="grant-submit" disabled={isBusy.value}>{say("grant.submit")}</button>
        </div>
      </form>
    </dialog>
  );
}

/** How much, with what may be given without asking; the server decides, this only tells beforehand. */
function Amount({ limit: { each, left_today: left, currency }, amount, onAmount }: { limit: GrantLimit; amount: string; onAmount: (amount: string) => void }) {
  const isAbove = Number(amount) > Math.min(Number(each), Number(left));
  return (
    <div class="grant-amount">
      <label class="field">
        {say("grant.amount", { currency })}
        <input data-testid="grant-amount" type="number" inputMode="decimal" min="1" step="1" required aria-describedby="grant-limit" value={amount}
          onInput={(event) => onAmount(event.currentTarget.value)} />
      </label>
      <p class="faint" id="grant-limit" data-testid="grant-limit">
        {say("grant.limit", { each: moneyWords(each, currency, lang.value), left: moneyWords(left, currency, lang.value) })}
      </p>
      <p class="grant-above" role="status" data-testid="grant-above">{isAbove && say("grant.above")}</p>
    </div>
  );
}

interface Place {
  bookingId: string;
  legId: string | null;
  label: string;
}

/** Each booking as a whole where that can be, then its flights: to fly with, those that are ahead. */
function placesOf(bookings: Booking[], kind: ChangeKind): Place[] {
  const isOfAFlight = ofAFlight.includes(kind);
  return bookings.flatMap(({ id, legs }) => [
    ...(isOfAFlight ? [] : [{ bookingId: id, legId: null, label: say("grant.whole", { id }) }]),
    ...legs
      .filter((leg) => leg.id && !(isOfAFlight && leg.state === "flown"))
      .map((leg) => ({ bookingId: id, legId: leg.id, label: `${leg.flight} ${leg.from} – ${leg.to} · ${leg.departs_local}` })),
  ]);
}
