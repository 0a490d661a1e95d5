/** The widget's page: in the loader's frame, or on its own. */
import { render } from "preact";
import "../shared/tokens.css";
import "../shared/base.css";
import "../talk/talk.css";
import "../talk/cards.css";
import "./widget.css";
import { keep, kept } from "../shared/keep";
import { startClock } from "../shared/now";
import { browserLang, isLang, speak } from "../shared/words";
import { App } from "./App";
import { begin, beginByLink, switchLang } from "./concierge";
import { announceReady, isFramed, listenToHost } from "./host";

const LANG = "concierge:lang";
const chosen = kept<string>(LANG);
speak(isLang(chosen) ? chosen : browserLang());
startClock();
render(<App />, document.getElementById("app") as HTMLElement);

if (isFramed) {
  listenToHost({
    // The page's language is a first proposal; a reader who switched by hand keeps their choice.
    hello: (language) => {
      if (!isLang(kept<string>(LANG))) speak(language);
    },
    opened: (identity) => void begin(identity),
    identified: (identity) => void begin(identity),
    language: (language) => {
      keep(LANG, language);
      switchLang(language);
    },
  });
  announceReady();
} else {
  const link = /^#resume=([\w-]+)$/.exec(location.hash);
  if (link?.[1]) void beginByLink(link[1], (language) => isLang(kept<string>(LANG)) || speak(language));
  else void begin(null);
}
