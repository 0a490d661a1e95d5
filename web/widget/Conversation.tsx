import { useEffect } from "preact/hooks";
import type { Talk } from "../shared/fold";
import { Items } from "../talk/Items";
import { LookingUp } from "../talk/LookingUp";
import { Scroller } from "../talk/Scroller";
import { Banners } from "./Banners";
import { Foot } from "./Foot";
import { Greeting } from "./Greeting";
import { isOpen, tellUnread } from "./host";
import type { Session } from "./session";

/** The log, what is wrong (if anything), and where to write. */
export function Conversation({ session }: { session: Session }) {
  const talk = session.thread.talk.value;
  const waiting = session.outbox.waiting.value;
  const { greeting, suggestions } = session.conversation.value;
  const said = talk.items.filter((item) => item.is !== "message" || item.role !== "traveller").length;
  const lookingUp = session.isLookingUp.value;
  useUnread(said);
  return (
    <>
      <Scroller mark={`${talk.last}-${waiting.length}-${lookingUp}`} sent={waiting.length} holdsQuestion={isReading(talk)}>
        <Greeting greeting={greeting} suggestions={talk.items.length + waiting.length === 0 ? suggestions : []} onAsk={session.actions.say} />
        <Items talk={talk} reader="traveller" waiting={waiting} actions={session.isClosed.value ? null : session.actions} sayAgain={session.actions.sayAgain} />
        {lookingUp && <LookingUp />}
      </Scroller>
      <Banners session={session} />
      <Foot session={session} />
    </>
  );
}

/** The newest things are an answer (and its card): its beginning is what one reads first. */
function isReading(talk: Talk): boolean {
  const newest = talk.items[talk.items.length - 1];
  if (newest?.is === "message") return newest.role === "bot";
  return newest?.is === "proposal" && talk.proposals[newest.id]?.state === "offered";
}

/** What came while nobody looked is counted on the launcher. */
function useUnread(said: number): void {
  useEffect(() => {
    if (isOpen.value) seen = said;
    tellUnread(Math.max(0, said - seen));
  }, [said, isOpen.value]);
}

let seen = 0;
