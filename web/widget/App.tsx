import { useEffect } from "preact/hooks";
import { ErrorBanner, type Way } from "../shared/ErrorBanner";
import type { Problem } from "../shared/http";
import { say, sayProblem } from "../shared/words";
import { beginAgain, goOnAnonymously, refusal, session, startNew } from "./concierge";
import { Conversation } from "./Conversation";
import { Header } from "./Header";
import { askToClose } from "./host";

/** The whole widget: header, and the conversation or why there is none. */
export function App() {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.isComposing) askToClose();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="widget">
      <Header caller={session.value?.conversation.value.caller ?? null} />
      <main class="widget-main">
        {session.value ? <Conversation key={session.value.conversation.value.id} session={session.value} /> : <Nothing problem={refusal.value} />}
      </main>
    </div>
  );
}

function Nothing({ problem }: { problem: Problem | null }) {
  if (!problem) return <p class="widget-wait" role="status">{say("common.loading")}</p>;
  return (
    <div class="widget-refused">
      <ErrorBanner text={sayProblem(problem.slug)} way={wayOn(problem)} />
    </div>
  );
}

function wayOn(problem: Problem): Way {
  if (problem.body["may_go_on"] === true) return { label: say("widget.goOn"), go: goOnAnonymously };
  if (problem.isPassing || problem.status === 401) return { label: say("common.retry"), go: beginAgain };
  return { label: say("widget.startNew"), go: startNew };
}
