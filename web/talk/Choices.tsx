import { say } from "../shared/words";

/** Quick replies to a question of the bot: a tap sends the words. */
export function Choices({ choices, onChoose }: { choices: string[]; onChoose: (text: string) => void }) {
  if (choices.length === 0) return null;
  return (
    <div class="choices" role="group" aria-label={say("talk.choices")}>
      {choices.map((choice) => (
        <button key={choice} type="button" class="choice" data-testid="choice" onClick={() => onChoose(choice)}>
          {choice}
        </button>
      ))}
    </div>
  );
}
