import { useState } from "preact/hooks";
import { Items } from "../talk/Items";
import { Scroller } from "../talk/Scroller";
import type { Reply } from "../shared/nouns";
import { ErrorBanner } from "../shared/ErrorBanner";
import { say, sayProblem } from "../shared/words";
import { AnswerLabel } from "./AnswerLabel";
import { BriefView } from "./BriefView";
import { replyAgain, trouble, type OpenTicket } from "./open";
import { ReplyBox } from "./ReplyBox";
import { TicketHead } from "./TicketHead";

/** Whether a draft stands behind a reply that can be right or wrong: not behind small talk, a computed right or the wish for a person. */
function isJudged({ kind, basis, confidence = 0 }: Reply): boolean {
  return kind === "answer" ? basis !== "rule" : kind === "handoff" && confidence > 0 && confidence < 1;
}

/** The open ticket: its conversation, its brief, and the reply. */
export function TicketPane({ now }: { now: OpenTicket }) {
  // On a narrow screen one of the two; the brief first, it is what staff read first.
  const [view, setView] = useState<"brief" | "conversation">("brief");
  const talk = now.thread.talk.value;
  const waiting = now.outbox.waiting.value;
  const problem = trouble.value;
  return (
    <main class="ticket" data-view={view}>
      <TicketHead />
      <div class="ticket-tabs" role="group">
        {(["brief", "conversation"] as const).map((one) => (
          <button key={one} type="button" aria-pressed={view === one} data-testid={`tab-${one}`} onClick={() => setView(one)}>{say(`desk.${one}`)}</button>
        ))}
      </div>
      <section class="ticket-talk" aria-label={say("desk.conversation")}>
        <Scroller mark={`${talk.last}-${waiting.length}`}>
          <Items talk={talk} reader="staff" waiting={waiting} actions={null} sayAgain={replyAgain}
            below={(m) => m.reply && isJudged(m.reply) && <AnswerLabel messageId={m.id} said={now.opened.labels[m.id] ?? null} handedOver={m.reply.kind === "handoff"} />} />
        </Scroller>
      </section>
      <aside class="ticket-brief" aria-label={say("desk.brief")}>
        <BriefView brief={now.opened.brief} lang={now.opened.conversation.lang} />
      </aside>
      <div class="ticket-reply">
        {problem && <ErrorBanner text={wording(problem.slug, problem.body["by"])} dismiss={() => (trouble.value = null)} />}
        <ReplyBox onReply={() => setView("conversation")} />
      </div>
    </main>
  );
}

function wording(slug: string, by: unknown): string {
  const name = typeof by === "object" && by !== null ? String((by as { name?: unknown }).name ?? "") : String(by ?? "");
  return slug === "ticket-taken" && name ? say("desk.claimLost", { name }) : sayProblem(slug, { by: name });
}
