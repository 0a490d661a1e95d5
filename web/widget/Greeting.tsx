import { Mark } from "../shared/Mark";
import { say } from "../shared/words";

/** The first words, and what one could ask. */
export function Greeting({ greeting, suggestions, onAsk }: { greeting: string; suggestions: string[]; onAsk: (text: string) => void }) {
  return (
    <div class="greeting">
      <div class="message bot" data-testid="greeting">
        <div class="byline">
          <span class="avatar bot"><Mark size={16} /></span>
          <span class="name">{say("common.concierge")}</span>
        </div>
        <p class="words">{greeting}</p>
      </div>
      {suggestions.length > 0 && (
        <div class="suggestions" role="group" aria-label={say("widget.suggestions")}>
          <p class="suggestions-title" aria-hidden="true">{say("widget.suggestions")}</p>
          {suggestions.map((text) => (
            <button key={text} type="button" class="choice" data-testid="suggestion" onClick={() => onAsk(text)}>
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
