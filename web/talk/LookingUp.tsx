import { Mark } from "../shared/Mark";
import { say } from "../shared/words";

/** The bot is at work. */
export function LookingUp() {
  return (
    <p class="looking-up" role="status" data-testid="looking-up">
      <span class="avatar bot"><Mark size={16} /></span>
      <span>{say("talk.lookingUp")}</span>
      <span class="dots" aria-hidden="true"><i /><i /><i /></span>
    </p>
  );
}
