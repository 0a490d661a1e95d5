/** The line to the page that opened us: it says who is signed in there, as it says it to the widget. */
import type { Lang } from "../shared/nouns";
import { isLang } from "../shared/words";

interface FromOpener {
  concierge: 1;
  say: "hello" | "identify";
  lang?: unknown;
  identity?: unknown;
}

/** False where nobody opened us. Believed is only the window that did, and of it the first origin that speaks. */
export function listenToOpener(identified: (identity: string | null, lang: Lang | null) => void): boolean {
  const opener = window.opener as Window | null;
  if (!opener) return false;
  let origin: string | null = null;
  window.addEventListener("message", (event: MessageEvent<FromOpener>) => {
    const said = event.data;
    if (event.source !== opener || said?.concierge !== 1 || (said.say !== "hello" && said.say !== "identify")) return;
    origin ??= event.origin;
    if (event.origin !== origin) return;
    identified(typeof said.identity === "string" ? said.identity : null, said.say === "hello" && isLang(said.lang) ? said.lang : null);
  });
  // Nothing secret in it, and the opener's origin is not known yet.
  opener.postMessage({ concierge: 1, did: "ready" }, "*");
  return true;
}
