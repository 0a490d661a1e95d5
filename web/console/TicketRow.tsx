import { now } from "../shared/now";
import { clock, fullWords, promiseWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { callerName } from "./caller";
import { staff } from "./desk";
import type { DeskTicket } from "./nouns";
import { isOpenTicket } from "./queue";
import { open, openId } from "./route";

/** One line of the queue: what, who, why, and how long we have. */
export function TicketRow({ ticket }: { ticket: DeskTicket }) {
  const promise = ticket.state === "waiting" && ticket.promised_by ? promiseWords(ticket.promised_by, now.value, lang.value) : null;
  const late = ticket.late || promise?.late === true;
  const { caller } = ticket;
  return (
    <li>
      <button
        type="button" class="ticket-row" id={`ticket-${ticket.id}`} data-testid="ticket-row" data-state={ticket.state} data-late={late && ticket.state === "waiting"}
        aria-current={openId.value === ticket.id ? "true" : undefined} onClick={() => open(ticket.id)}
      >
        <span class="row-top">
          <span class="row-name">{callerName(caller)}{caller.tier && <span class="row-tier">{say(`common.${caller.tier}`)}</span>}</span>
          {promise && ticket.promised_by ? (
            <span class="row-time" title={fullWords(ticket.promised_by, lang.value)}>{promise.text}</span>
          ) : (
            <span class="row-time">{clock(ticket.closed_at ?? ticket.taken_at ?? ticket.opened_at, lang.value)}</span>
          )}
        </span>
        <span class="row-headline" lang={ticket.lang === "zh" ? "zh-CN" : "en"}>
          {isOpenTicket(ticket) && ticket.messages_waiting > 0 && <span class="row-dot" role="img" aria-label={say("desk.unread", { n: ticket.messages_waiting })} />}
          {ticket.headline}
        </span>
        <span class="row-tags">
          <span class="tag row-state">{stateWords(ticket)}</span>
          <span class="tag">{say(`desk.${ticket.reason}`)}</span>
          {ticket.mood === "upset" && <span class="tag" data-tone="bad">{say("desk.upset")}</span>}
          <span class="row-number">#{ticket.number}</span>
        </span>
      </button>
    </li>
  );
}

function stateWords(ticket: DeskTicket): string {
  if (ticket.state !== "taken") return say(`desk.${ticket.state}`);
  if (ticket.taken_by?.id === staff.value?.id) return say("desk.takenByYou");
  return say("desk.taken", { name: ticket.taken_by?.name ?? "" });
}
