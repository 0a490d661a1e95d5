/** The company page: opened by the airline's page, with the widget on it like on any other. */
import { effect } from "@preact/signals";
import { render } from "preact";
import "../shared/tokens.css";
import "../shared/base.css";
import "./company.css";
import "./tables.css";
import { withConcierge } from "../shared/embed";
import { startClock } from "../shared/now";
import { browserLang, isLang, lang, say, speak } from "../shared/words";
import { App } from "./App";
import { account, chosenLang, enter, isAnybody, load, resume, signOut, switchLang } from "./company";
import { listenToOpener } from "./opener";

const PATIENCE_MS = 4_000;
const OLD_MS = 60_000;

const chosen = chosenLang();
speak(isLang(chosen) ? chosen : browserLang());
startClock();
effect(() => {
  document.title = [account.value?.company.name, say("company.title"), say("common.programme")].filter(Boolean).join(" · ");
});
render(<App />, document.getElementById("app") as HTMLElement);
withConcierge((concierge) => concierge.setLanguage(lang.value));

const isKnown = resume();
const isOpened = listenToOpener((identity, language) => {
  if (language && language !== lang.value && !isLang(chosenLang())) switchLang(language, false);
  enter(identity);
});
if (!isKnown && !isOpened) signOut();
// The opener may be a page that does not know us, or be away.
else setTimeout(() => isAnybody() || signOut(), PATIENCE_MS);

document.addEventListener("visibilitychange", () => {
  const seen = account.value;
  if (seen && !document.hidden && Date.now() - Date.parse(seen.as_of) > OLD_MS) void load();
});
