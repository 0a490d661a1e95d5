import { ErrorBanner } from "../shared/ErrorBanner";
import { say, sayProblem } from "../shared/words";
import { startNew } from "./concierge";
import { isOnline } from "./online";
import type { Session } from "./session";

/** At most one: what matters most to who is writing. */
export function Banners({ session }: { session: Session }) {
  const trouble = session.trouble.value;
  const shown = (() => {
    if (!isOnline.value) return <ErrorBanner quiet text={say("widget.offline")} />;
    if (session.isClosed.value) {
      const text = trouble && trouble.slug !== "conversation-closed" ? sayProblem(trouble.slug) : say("widget.closed");
      return <ErrorBanner quiet text={text} way={{ label: say("widget.startNew"), go: startNew }} />;
    }
    if (trouble) {
      const { slug, again } = trouble;
      return <ErrorBanner text={sayProblem(slug)} way={again && { label: say("common.retry"), go: again }} dismiss={() => (session.trouble.value = null)} />;
    }
    if (session.thread.link.value === "broken") return <ErrorBanner quiet text={say("widget.broken")} />;
    return null;
  })();
  return shown && <div class="banners">{shown}</div>;
}
