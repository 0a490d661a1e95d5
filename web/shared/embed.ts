/** The Concierge as the host page sees it. */
import type { Lang } from "./nouns";

export interface Concierge {
  open: () => void;
  close: () => void;
  identify: (identity: string | null) => void;
  setLanguage: (lang: Lang) => void;
  /** The company page in a window of its own; it is told who is signed in as the widget is. */
  openCompany: () => void;
}

declare global {
  interface Window {
    Concierge?: Concierge;
  }
}

/** Now, or as soon as the loader (async) has run. */
export function withConcierge(act: (concierge: Concierge) => void): void {
  if (window.Concierge) act(window.Concierge);
  else window.addEventListener("concierge:ready", () => window.Concierge && act(window.Concierge), { once: true });
}
