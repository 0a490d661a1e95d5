/** The desk console's page. */
import { render } from "preact";
import "../shared/tokens.css";
import "../shared/base.css";
import "../talk/talk.css";
import "../talk/cards.css";
import "./console.css";
import "./brief.css";
import "./cases.css";
import { kept } from "../shared/keep";
import { startClock } from "../shared/now";
import { browserLang, isLang, speak } from "../shared/words";
import { App } from "./App";
import { resume } from "./desk";
import { listenToKeys } from "./shortcuts";

const chosen = kept<string>("desk:lang", true);
speak(isLang(chosen) ? chosen : browserLang());
startClock();
listenToKeys();
render(<App />, document.getElementById("app") as HTMLElement);
void resume();
