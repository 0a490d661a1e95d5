/**
 * The one script a host page includes: a launcher, the widget's frame, and `window.Concierge`.
 * `<script src="https://…/widget.js" data-lang="zh" async></script>`; a page that loads faster listens for `concierge:ready`.
 */
import { loader as en } from "../shared/en.json";
import { loader as zh } from "../shared/zh.json";
import css from "./loader.css?inline";
import { launcherArt } from "./launcher";

type Lang = "en" | "zh";
const words = { en, zh };
const OPEN = "concierge:open";

const script = document.currentScript as HTMLScriptElement | null;
const home = new URL("widget/", script?.src ?? document.baseURI);
const companyPage = new URL("../company/", home);

let lang: Lang = (script?.dataset["lang"] ?? document.documentElement.lang).startsWith("zh") ? "zh" : "en";
let identity: string | null = null;
let frame: HTMLIFrameElement | null = null;
let isReady = false;
let isOpen = false;
let unread = { count: 0, hasOffer: false };
let company: Window | null = null;

const place = document.createElement("div");
place.id = "concierge";
const shadow = place.attachShadow({ mode: "open" });
// A constructed sheet, not a <style>: it works under a host's strict style-src.
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
shadow.adoptedStyleSheets = [sheet];

const box = document.createElement("div");
box.className = "box";
const panel = document.createElement("div");
panel.className = "panel";
panel.id = "panel";
panel.hidden = true;
const launcher = document.createElement("button");
launcher.type = "button";
launcher.className = "launcher";
launcher.dataset["testid"] = "launcher";
launcher.setAttribute("aria-controls", "panel");
const label = document.createElement("span");
label.className = "label";
const badge = document.createElement("span");
badge.className = "badge";
badge.hidden = true;
// What came in while the panel is closed, said once to who cannot see the dot.
const news = document.createElement("span");
news.className = "news";
news.setAttribute("role", "status");
news.dataset["testid"] = "launcher-news";
launcher.append(launcherArt(), label, badge);
box.append(panel, launcher, news);
shadow.append(box);

function word(): void {
  const text = words[lang];
  label.textContent = text.label;
  // Its words are its name while they are shown; open, only the sign is left.
  if (isOpen) launcher.setAttribute("aria-label", text.close);
  else launcher.removeAttribute("aria-label");
  const came = unread.count === 0 || isOpen ? "" : unread.hasOffer ? text.offer : text.unread;
  badge.hidden = came === "";
  badge.dataset["offer"] = String(unread.hasOffer);
  launcher.title = came;
  if (news.textContent !== came) news.textContent = came;
  launcher.setAttribute("aria-expanded", String(isOpen));
  if (frame) frame.title = text.frame;
}

function tell(say: string, more: Record<string, unknown> = {}): void {
  if (isReady) frame?.contentWindow?.postMessage({ concierge: 1, say, ...more }, home.origin);
}

function makeFrame(): void {
  frame = document.createElement("iframe");
  frame.dataset["testid"] = "widget-frame";
  frame.src = home.href;
  frame.allow = "clipboard-write";
  panel.append(frame);
}

function remember(): void {
  try {
    sessionStorage.setItem(OPEN, isOpen ? "1" : "0");
  } catch {
    // Forbidden storage: the panel starts closed on the next page.
  }
}

function open(): void {
  isOpen = true;
  if (!frame) makeFrame();
  panel.hidden = false;
  unread = { count: 0, hasOffer: false };
  box.dataset["open"] = "true";
  word();
  remember();
  tell("opened");
  frame?.focus();
}

function close(): void {
  if (!isOpen) return;
  isOpen = false;
  panel.hidden = true;
  box.dataset["open"] = "false";
  word();
  remember();
  tell("closed");
  launcher.focus();
}

function identify(next: string | null): void {
  identity = next;
  tell("identify", { identity });
  tellCompany("identify");
}

/** Only to the page that we opened ourselves, and only while it is on our server. */
function tellCompany(say: string): void {
  if (company && !company.closed) company.postMessage({ concierge: 1, say, lang, identity }, home.origin);
}

function openCompany(): void {
  company = window.open(companyPage, "concierge-company");
}

function setLanguage(next: Lang): void {
  if (next !== "en" && next !== "zh") return;
  lang = next;
  word();
  tell("language", { lang });
}

window.addEventListener("message", (event: MessageEvent) => {
  const said = event.data as { concierge?: unknown; did?: string; count?: unknown; hasOffer?: unknown; lang?: unknown } | null;
  const isCompany = company !== null && event.source === company && event.origin === home.origin;
  if (isCompany && said?.concierge === 1 && said.did === "ready") tellCompany("hello");
  if (!frame || event.source !== frame.contentWindow || event.origin !== home.origin || said?.concierge !== 1) return;
  if (said.did === "ready") {
    isReady = true;
    tell("hello", { lang, identity });
    if (isOpen) tell("opened");
  }
  if (said.did === "close") close();
  if (said.did === "unread") {
    unread = { count: Number(said.count) || 0, hasOffer: said.hasOffer === true };
    word();
  }
  if (said.did === "language" && (said.lang === "en" || said.lang === "zh")) {
    lang = said.lang;
    word();
  }
});
launcher.addEventListener("click", () => (isOpen ? close() : open()));

function stand(): void {
  document.body.append(place);
  word();
  let wasOpen = false;
  try {
    wasOpen = sessionStorage.getItem(OPEN) === "1";
  } catch {
    // See remember().
  }
  // On a phone the panel covers the page: there a new page starts with the page.
  if (wasOpen && window.matchMedia("(min-width: 481px)").matches) open();
}

Object.defineProperty(window, "Concierge", { value: Object.freeze({ open, close, identify, setLanguage, openCompany }), configurable: true });
window.dispatchEvent(new Event("concierge:ready"));
if (document.body) stand();
else document.addEventListener("DOMContentLoaded", stand);
