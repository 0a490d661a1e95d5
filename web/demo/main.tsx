/** The demo airline's page: a host like any other, the Concierge comes by its loader. */
import { effect } from "@preact/signals";
import { render } from "preact";
import "../shared/tokens.css";
import "../shared/base.css";
import "./demo.css";
import "./sections.css";
import { kept } from "../shared/keep";
import { browserLang, isLang, lang, say, speak } from "../shared/words";
import { App } from "./App";
import { withConcierge } from "../shared/embed";
import { fetchPersonas } from "./persona";

const chosen = kept<string>("demo:lang", true);
speak(isLang(chosen) ? chosen : browserLang());
effect(() => {
  document.title = say("demo.title");
});
render(<App />, document.getElementById("app") as HTMLElement);
withConcierge((concierge) => concierge.setLanguage(lang.value));
void fetchPersonas();
