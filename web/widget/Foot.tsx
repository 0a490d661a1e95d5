import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { forget, keep, kept } from "../shared/keep";
import { say } from "../shared/words";
import { Composer } from "../talk/Composer";
import { isOpen } from "./host";
import type { Session } from "./session";

/** Where to write, and the way to a person, always. */
export function Foot({ session }: { session: Session }) {
  const place = `concierge:draft:${session.conversation.value.id}`;
  const [text, setText] = useState(() => kept<string>(place) ?? "");
  const box = useRef<HTMLTextAreaElement>(null);
  const { answeredBy, staff } = session.thread.talk.value;
  useEffect(() => {
    // On a phone the keyboard would cover the greeting: there the traveller taps first.
    if (isOpen.value && window.matchMedia("(min-width: 481px), (hover: hover)").matches) box.current?.focus();
  }, [isOpen.value]);
  const write = (next: string): void => {
    setText(next);
    keep(place, next);
  };
  const send = (said: string): void => {
    session.say(said);
    setText("");
    forget(place);
    box.current?.focus();
  };
  const name = staff?.name ?? say("talk.staffTeam");
  const hint = answeredBy === "staff" ? say("widget.askStaff", { name }) : say(answeredBy === "waiting" ? "widget.askWaiting" : "widget.askBot");
  const isClosed = session.isClosed.value;
  return (
    <footer class="foot">
      {!isClosed && (
        <Composer text={text} onText={write} onSend={send} label={say("widget.composer")} hint={hint} sendLabel={say("widget.send")}
          inputId="composer-input" sendId="send" box={box} />
      )}
      <div class="foot-row">
        <button type="button" class="talk-to-person" data-testid="talk-to-person" disabled={isClosed || session.isHandingOver.value || answeredBy === "staff"} onClick={() => void session.handOver()}>
          <Icon name="person" />
          {answeredBy === "staff" ? say("ticket.taken", { name }) : say(answeredBy === "bot" ? "widget.talkToPerson" : "widget.inQueue")}
        </button>
        {answeredBy === "bot" && <span class="promise">{say("widget.promise")}</span>}
      </div>
    </footer>
  );
}
