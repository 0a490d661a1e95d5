import { Icon } from "../shared/Icon";
import type { Waiting } from "../shared/outbox";
import { say } from "../shared/words";

/** Words that are on their way, or did not get through. */
export function WaitingMessage({ waiting, role, again }: { waiting: Waiting; role: "traveller" | "staff"; again: () => void }) {
  return (
    <article class={`message ${role}`} data-testid="message" data-role={role} data-ours="true" data-state={waiting.state}>
      <header class="byline">
        <span class="name">{say("talk.you")}</span>
        <span class="sending">{say(waiting.state === "failed" ? "talk.notSent" : "talk.sending")}</span>
      </header>
      <p class="words">{waiting.text}</p>
      {waiting.state === "failed" && (
        <button type="button" class="text-button bad" data-testid="retry" onClick={again}>
          <Icon name="alert" /> {say("common.retry")}
        </button>
      )}
    </article>
  );
}
