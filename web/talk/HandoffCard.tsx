import { Icon } from "../shared/Icon";
import type { Ticket } from "../shared/nouns";
import { now } from "../shared/now";
import { fullWords, whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import type { Actions } from "./actions";
import { AnswerMail } from "./AnswerMail";

/** A person will answer: the number, the place, and the honest time. */
export function HandoffCard({ ticket, reader, actions = null }: { ticket: Ticket; reader: "traveller" | "staff"; actions?: Actions | null }) {
  const name = ticket.staff?.name;
  const heading = reader === "staff" ? forStaff(ticket) : ticket.state === "taken" ? (name ? say("ticket.taken", { name }) : say("ticket.takenPlain")) : say(`ticket.${ticket.state}`);
  return (
    <section class="card handoff" data-testid="handoff-card" data-state={ticket.state} aria-label={heading}>
      <header class="card-head">
        <Icon name="person" />
        <div>
          <p class="card-eyebrow">{say("ticket.number", { number: ticket.number })}</p>
          <h3>{heading}</h3>
        </div>
      </header>
      {ticket.state === "waiting" && reader === "traveller" && <Promised ticket={ticket} />}
      {actions && (ticket.state === "waiting" || ticket.state === "taken") && <AnswerMail mail={actions.mail} />}
    </section>
  );
}

/** The same card, read by the desk. */
function forStaff(ticket: Ticket): string {
  if (ticket.state === "taken") return say("desk.taken", { name: ticket.staff?.name ?? "" });
  return say(`desk.${ticket.state}`);
}

function Promised({ ticket }: { ticket: Ticket }) {
  const { promised_by: promisedBy, position } = ticket;
  const isLate = promisedBy ? now.value.getTime() > Date.parse(promisedBy) : false;
  return (
    <div class="promised">
      {promisedBy && (
        <p class="promised-time" title={fullWords(promisedBy, lang.value)}>
          {say(isLate ? "ticket.late" : "ticket.promised", { when: whenWords(promisedBy, now.value, lang.value) })}
        </p>
      )}
      <p class="card-note">
        {position ? <span class="position">{position === 1 ? say("ticket.next") : say("ticket.position", { n: position })}</span> : null}
        {say("ticket.stay")}
      </p>
    </div>
  );
}
