import { Composer } from "../talk/Composer";
import { say } from "../shared/words";
import { staff } from "./desk";
import { claim, drafts, isBusy, isOurs, reply, ticket, write } from "./open";
import { replyBox } from "./shortcuts";

/** Who holds the conversation writes; everybody else sees who that is, or may claim it. */
export function ReplyBox({ onReply }: { onReply: () => void }) {
  const one = ticket.value;
  if (!one) return null;
  if (isOurs.value) {
    const send = (text: string): void => {
      reply(text);
      onReply();
    };
    const name = one.caller.name || say("desk.theTraveller");
    return (
      <Composer text={drafts.value[one.id] ?? ""} onText={write} onSend={send} label={say("desk.reply")} hint={say("desk.replyHint", { name })}
        sendLabel={say("desk.send")} inputId="reply-input" sendId="reply-send" box={replyBox} />
    );
  }
  if (one.state === "waiting") {
    return (
      <div class="holder">
        <p>{say("desk.claimLead")}</p>
        <button type="button" class="button primary" data-testid="claim" disabled={isBusy.value || !staff.value} onClick={() => void claim(one.id)}>{say("desk.claim")}</button>
      </div>
    );
  }
  return (
    <div class="holder" data-testid="holder">
      <p>{one.state === "taken" ? say("desk.heldBy", { name: one.taken_by?.name ?? "" }) : say("desk.closedLead")}</p>
    </div>
  );
}
