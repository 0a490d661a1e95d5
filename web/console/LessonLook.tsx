import { now } from "../shared/now";
import type { Lang } from "../shared/nouns";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import type { LookedAt } from "./nouns";
import { decide, isBusy } from "./teaching";

/** What a lesson would do, before it is published: what is said today, what it contradicts, whom it would have helped. */
export function LessonLook({ looked: { lesson, today, contested, past, past_count: count } }: { looked: LookedAt }) {
  const isContested = contested.length > 0;
  return (
    <div class="lesson-seen" data-testid="lesson-seen" data-state={lesson.state}>
      {(Object.keys(today) as Lang[]).map((one) => (
        <div key={one} class="lesson-today">
          <h3>{say("lesson.today", { language: say(`lesson.in_${one}`) })}</h3>
          <p lang={one === "zh" ? "zh-CN" : "en"}>{today[one]?.kind === "answer" ? `“${today[one]?.text}” (${today[one]?.titles.join(", ")})` : say("lesson.todayNothing")}</p>
        </div>
      ))}
      {isContested && (
        <div class="lesson-contested" role="alert" data-testid="lesson-contested">
          <h3>{say("lesson.contested")}</h3>
          <ul class="plain-list">
            {contested.map((one) => <li key={one.says + one.against_says}><p>+ {one.says}</p><p>− {one.against_says} <span class="faint">({one.against})</span></p></li>)}
          </ul>
        </div>
      )}
      <p data-testid="lesson-past">{count > 0 ? say("lesson.past", { n: count }) : say("lesson.pastNone")}</p>
      {past.length > 0 && <ul class="earlier">{past.map((one) => <li key={one}>{one}</li>)}</ul>}
      {lesson.state === "proposed" && (
        <div class="grant-buttons">
          <button type="button" class="button" data-testid="lesson-discard" disabled={isBusy.value} onClick={() => void decide(lesson.id, "discard")}>{say("lesson.discard")}</button>
          {lesson.may_publish ? (
            <button type="button" class="button primary" data-testid="lesson-publish" disabled={isBusy.value} onClick={() => void decide(lesson.id, "publish", isContested)}>
              {say(isContested ? "lesson.publishAlthough" : "lesson.publish")}
            </button>
          ) : (
            <p class="faint" role="status">{say("lesson.waits", { when: whenWords(lesson.alone_at, now.value, lang.value) })}</p>
          )}
        </div>
      )}
    </div>
  );
}
