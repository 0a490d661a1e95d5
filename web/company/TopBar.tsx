import { LangSwitch } from "../shared/LangSwitch";
import { Mark } from "../shared/Mark";
import { say } from "../shared/words";
import { switchLang } from "./company";

/** Where we are, and who reads. */
export function TopBar({ you }: { you: string | null }) {
  return (
    <header class="top-bar">
      <div class="top-row">
        <Mark size={24} />
        <p class="top-title">{say("common.programme")} <span>{say("company.title")}</span></p>
        <LangSwitch onSwitch={switchLang} />
        {you && <span class="top-you" data-testid="you">{you}</span>}
      </div>
    </header>
  );
}
