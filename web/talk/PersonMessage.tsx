import type { MessageItem } from "../shared/fold";
import { clock } from "../shared/time";
import { lang, say } from "../shared/words";

/** What a person wrote: the traveller, or somebody of the staff by name. */
export function PersonMessage({ message, ours }: { message: MessageItem; ours: boolean }) {
  const name = message.role === "staff" ? (message.staff?.name ?? say("talk.staffTeam")) : say(ours ? "talk.you" : "talk.traveller");
  return (
    <article class={`message ${message.role}`} data-testid="message" data-role={message.role} data-ours={ours}>
      <header class="byline">
        {message.role === "staff" && <span class="avatar staff" aria-hidden="true">{name.slice(0, 1)}</span>}
        <span class="name">{name}</span>
        {message.role === "staff" && <span class="team">{say("talk.staffTeam")}</span>}
        <time dateTime={message.at}>{clock(message.at, lang.value)}</time>
      </header>
      <p class="words">{message.text}</p>
    </article>
  );
}
