import { useEffect } from "preact/hooks";
import { isOffer, toldItems, type Talk } from "../shared/fold";
import { keep, kept } from "../shared/keep";
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
  const lookingUp = session.isLookingUp.value;
  useUnread(`concierge:seen:${session.conversation.value.id}`, talk);
  return (
    <>
      <Scroller mark={`${talk.last}-${waiting.length}-${lookingUp}`} sent={waiting.length} holdsQuestion={isReading(talk)} offered={talk.items.filter((item) => isOffer(talk, item)).length}>
        <Greeting greeting={greeting} suggestions={talk.items.length + waiting.length === 0 ? suggestions : []} onAsk={session.actions.say} />
        <Items talk={talk} reader="traveller" waiting={waiting} actions={session.isClosed.value ? null : session.actions} sayAgain={session.actions.sayAgain} />
        {lookingUp && <LookingUp />}
      </Scroller>
      <Banners session={session} />
      <Foot session={session} />
    </>
  );
}

/** The newest thing is an answer (and its card), or an offer: its beginning is what one reads first. */
function isReading(talk: Talk): boolean {
  const newest = talk.items[talk.items.length - 1];
  if (newest?.is === "message") return newest.role === "bot";
  return newest?.is === "proposal" && talk.proposals[newest.id]?.state === "offered";
}

/** What came while nobody looked is told to the launcher; what was seen is kept, so that a refresh does not tell it again. */
function useUnread(place: string, talk: Talk): void {
  const told = toldItems(talk);
  useEffect(() => {
    const before = kept<number>(place) ?? 0;
    if (isOpen.value && told.length > before) keep(place, told.length);
    const unread = isOpen.value ? [] : told.slice(before);
    tellUnread(unread.length, unread.some((item) => isOffer(talk, item) && talk.proposals[item.id]?.state === "offered"));
  }, [told.length, isOpen.value]);
}
