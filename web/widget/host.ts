/** The line to the page around us: the loader is believed only from our parent window and one origin. */
import { signal } from "@preact/signals";
import type { Lang } from "../shared/nouns";
import { isLang } from "../shared/words";

export const isFramed = window.parent !== window;

/** Whether the reader sees us: the loader says so. */
export const isOpen = signal(!isFramed);

interface FromHost {
  concierge: 1;
  say: "hello" | "opened" | "closed" | "identify" | "language";
  lang?: unknown;
  identity?: unknown;
}

export interface Host {
  hello: (lang: Lang) => void;
  opened: (identity: string | null) => void;
  identified: (identity: string | null) => void;
  language: (lang: Lang) => void;
}

let hostOrigin: string | null = null;

/** Who may frame us is the server's `frame-ancestors`; the first origin that speaks as our parent stays the only one. */
function isHost(event: MessageEvent): boolean {
  if (event.source !== window.parent) return false;
  const embedding = window.location.ancestorOrigins?.[0];
  if (embedding && embedding !== event.origin) return false;
  hostOrigin ??= event.origin;
  return event.origin === hostOrigin;
}

export function listenToHost(host: Host): void {
  let identity: string | null = null;
  let hasOpened = false;
  const open = (): void => {
    isOpen.value = true;
    hasOpened = true;
    host.opened(identity);
  };
  window.addEventListener("message", (event: MessageEvent<FromHost>) => {
    const said = event.data;
    if (said?.concierge !== 1 || !isHost(event)) return;
    if (said.say === "hello" || said.say === "identify") identity = typeof said.identity === "string" ? said.identity : null;
    if (said.say === "hello" && isLang(said.lang)) host.hello(said.lang);
    if (said.say === "opened") open();
    if (said.say === "closed") isOpen.value = false;
    if (said.say === "identify" && hasOpened) host.identified(identity);
    if (said.say === "language" && isLang(said.lang)) host.language(said.lang);
  });
}

export function announceReady(): void {
  // Nothing secret in it, and the host's origin is not known yet.
  window.parent.postMessage({ concierge: 1, did: "ready" }, "*");
}

export function askToClose(): void {
  tell({ did: "close" });
}

/** How much came while nobody looked, and whether an offer is among it. */
export function tellUnread(count: number, hasOffer: boolean): void {
  tell({ did: "unread", count, hasOffer });
}

export function tellLanguage(lang: Lang): void {
  tell({ did: "language", lang });
}

function tell(what: Record<string, unknown>): void {
  if (isFramed && hostOrigin) window.parent.postMessage({ concierge: 1, ...what }, hostOrigin);
}
