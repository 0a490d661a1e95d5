import { keep } from "../shared/keep";
import { LangSwitch } from "../shared/LangSwitch";
import { Mark } from "../shared/Mark";
import type { Lang } from "../shared/nouns";
import { say, speak } from "../shared/words";
import { withConcierge } from "../shared/embed";

export function Nav() {
  const change = (next: Lang): void => {
    keep("demo:lang", next, true);
    speak(next);
    withConcierge((concierge) => concierge.setLanguage(next));
  };
  return (
    <header class="nav">
      <a class="brand" href="/"><Mark size={30} /> {say("common.airline")}</a>
      <nav aria-label={say("common.airline")}>
        <a href="#board">{say("demo.navFly")}</a>
        <a href="#compass">{say("demo.navCompass")}</a>
        <a href="#concierge-how">{say("demo.navHelp")}</a>
      </nav>
      <LangSwitch onSwitch={change} />
    </header>
  );
}
