import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Mark } from "../shared/Mark";
import type { MessageItem } from "../shared/fold";
import type { Thumb } from "../shared/nouns";
import { clock } from "../shared/time";
import { lang, say } from "../shared/words";
import type { Actions } from "./actions";
import { Choices } from "./Choices";
import { spaced } from "./gaps";
import { Rights } from "./Rights";
import { SentenceText } from "./SentenceText";
import { Sources } from "./Sources";
import { Thumbs } from "./Thumbs";

interface Props {
  message: MessageItem;
  thumb: Thumb;
  /** Only the newest reply offers its quick replies. */
  newest: boolean;
  actions: Actions | null;
  /** What the desk puts below it. */
  below?: ComponentChildren;
}

/** A bot's reply: its sentences as they arrive, then what carries them. */
export function BotMessage({ message, thumb, newest, actions, below }: Props) {
  const [marked, setMarked] = useState<number | null>(null);
  const { reply } = message;
  const citations = reply?.citations ?? [];
  const home = reply?.lang ?? message.sentences[0]?.lang ?? lang.value;
  const parts = spaced(message.sentences, message.text);
  return (
    <article class="message bot" data-testid="message" data-role="bot" data-kind={reply?.kind} aria-busy={!reply}>
      <header class="byline">
        <span class="avatar bot"><Mark size={16} /></span>
        <span class="name">{say("common.concierge")}</span>
        {message.at && <time dateTime={message.at}>{clock(message.at, lang.value)}</time>}
      </header>
      <div class="words">
        {parts.length === 0 ? message.text : parts.map((part, i) => (
          <SentenceText key={i} spaced={part} citations={citations} home={home} continued={parts[i - 1]?.sentence.lang === part.sentence.lang} onSource={(n) => setMarked(n)} />
        ))}
      </div>
      {reply && <Rights entitlements={reply.entitlements ?? []} onAsk={reply.kind === "answer" && actions ? actions.say : null} />}
      {reply?.kind !== "clarify" && <Sources citations={citations} marked={marked} folded={reply?.kind === "proposal"} />}
      {newest && actions && <Choices choices={reply?.choices ?? []} onChoose={actions.say} />}
      {reply && reply.kind !== "clarify" && reply.kind !== "handoff" && (actions !== null || thumb !== null || reply.kind !== "abstain") && (
        <footer class="message-foot">
          {reply.basis && reply.kind !== "abstain" && <span class="basis">{say(`talk.basis_${reply.basis}`)}</span>}
          {actions ? <Thumbs thumb={thumb} onThumb={(next) => actions.thumb(message.id, next)} /> : thumb && (
            <span class="tag" data-tone={thumb === "up" ? "good" : "bad"}>{say(thumb === "up" ? "talk.thumbUp" : "talk.thumbDown")}</span>
          )}
        </footer>
      )}
      {reply && below && <footer class="message-foot">{below}</footer>}
    </article>
  );
}
