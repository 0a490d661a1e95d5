import { Icon } from "../shared/Icon";
import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { LessonForm, type Texts } from "./LessonForm";
import type { Brief, Lesson } from "./nouns";
import { shown } from "./open";
import { begin, decide, look, ofTicket, waiting } from "./teaching";

const nothing = { question: "", answer: "" };

/** What was taught on this ticket, and the way to teach what was just answered. */
export function Lessons({ brief }: { brief: Brief }) {
  const open = shown.value;
  const answers = (open?.thread.talk.value.items ?? []).flatMap((item) => (item.is === "message" && item.role === "staff" ? [item.text] : []));
  const last = answers[answers.length - 1];
  if (!open || (last === undefined && ofTicket.value.length === 0)) return null;
  const first: Texts = { en: nothing, zh: nothing, [open.opened.conversation.lang]: { question: oneLine(brief.wants), answer: last ?? "" } };
  return (
    <section data-testid="lessons">
      <h3>{say("lesson.heading")}</h3>
      {ofTicket.value.length > 0 && <ul class="plain-list">{ofTicket.value.map((one) => <OneLesson key={one.id} lesson={one} />)}</ul>}
      {last !== undefined && (
        <button type="button" class="button small" data-testid="teach" onClick={begin}><Icon name="star" /> {say("lesson.teach")}</button>
      )}
      <LessonForm first={first} />
    </section>
  );
}

/** Lessons that somebody has to look at, where no ticket is open. */
export function WaitingLessons() {
  if (waiting.value.length === 0) return null;
  return (
    <section class="lessons-waiting" data-testid="lessons-waiting">
      <h2>{say("lesson.waiting")}</h2>
      <ul class="plain-list">{waiting.value.map((one) => <OneLesson key={one.id} lesson={one} />)}</ul>
      <LessonForm first={{ en: nothing, zh: nothing }} />
    </section>
  );
}

function OneLesson({ lesson }: { lesson: Lesson }) {
  const taught = lesson.texts[lang.value] ?? lesson.texts.en ?? lesson.texts.zh;
  const tone = lesson.state === "published" ? "good" : lesson.state === "proposed" ? "accent" : "bad";
  return (
    <li class="grant" data-testid="lesson" data-state={lesson.state}>
      <p class="grant-head"><strong>{taught?.question}</strong> <span class="tag" data-tone={tone}>{say(`lesson.state_${lesson.state}`)}</span></p>
      <p>{taught?.answer}</p>
      <p class="faint">{say("lesson.by", { name: lesson.by, when: whenWords(lesson.at, now.value, lang.value) })}</p>
      <div class="grant-buttons">
        {lesson.state === "proposed" && <button type="button" class="button small" data-testid="lesson-open" onClick={() => look(lesson.id)}>{say("lesson.open")}</button>}
        {lesson.state === "published" && <button type="button" class="button small" data-testid="lesson-withdraw" onClick={() => void decide(lesson.id, "withdraw")}>{say("lesson.withdraw")}</button>}
      </div>
    </li>
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 300);
}
