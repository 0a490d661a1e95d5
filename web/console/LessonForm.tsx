import { useEffect, useRef, useState } from "preact/hooks";
import { ErrorBanner } from "../shared/ErrorBanner";
import type { Lang } from "../shared/nouns";
import { say, sayRefusal } from "../shared/words";
import { LessonLook } from "./LessonLook";
import type { Audience, Taught } from "./nouns";
import { isBusy, isOpen, looked, refused, teach } from "./teaching";

const audiences: Audience[] = ["public", "traveller", "company_admin", "staff"];
const blank: Taught = { question: "", answer: "" };
export type Texts = Record<Lang, Taught>;

/** Writes an answer down for good, in one language or both; then what it would do stands below it. */
export function LessonForm({ first }: { first: Texts }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [texts, setTexts] = useState<Texts>(first);
  const [audience, setAudience] = useState<Audience>("public");
  const [isChanged, setChanged] = useState(false);
  const known = looked.value;
  useEffect(() => {
    if (!isOpen.value) {
      dialog.current?.close();
      return;
    }
    dialog.current?.showModal();
    setTexts(first);
    setAudience("public");
    setChanged(false);
  }, [isOpen.value]);
  useEffect(() => {
    if (!known) return;
    setTexts({ en: known.lesson.texts.en ?? blank, zh: known.lesson.texts.zh ?? blank });
    setAudience(known.lesson.audience);
    setChanged(false);
  }, [known]);
  const write = (lang: Lang, part: Partial<Taught>): void => {
    setTexts({ ...texts, [lang]: { ...texts[lang], ...part } });
    setChanged(true);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void teach(written(texts), audience);
  };
  return (
    <dialog class="grant-form lesson-form" ref={dialog} aria-labelledby="lesson-title" data-testid="lesson-form" onClose={() => (isOpen.value = false)}>
      <form onSubmit={submit}>
        <h2 id="lesson-title">{say("lesson.title")}</h2>
        <p class="faint">{say("lesson.lead")}</p>
        {(["en", "zh"] as const).map((lang) => <InOneLanguage key={lang} lang={lang} taught={texts[lang]} write={(part) => write(lang, part)} />)}
        <label class="field">
          {say("lesson.audience")}
          <select data-testid="lesson-audience" value={audience} onChange={(event) => { setAudience(event.currentTarget.value as Audience); setChanged(true); }}>
            {audiences.map((one) => <option key={one} value={one}>{say(`lesson.audience_${one}`)}</option>)}
          </select>
        </label>
        {refused.value && <ErrorBanner text={sayRefusal(refused.value)} />}
        {known && !isChanged && <LessonLook looked={known} />}
        <div class="grant-buttons">
          <button type="button" class="button" data-testid="lesson-close" onClick={() => (isOpen.value = false)}>{say("lesson.close")}</button>
          {(!known || isChanged) && known?.lesson.state !== "published" && (
            <button type="submit" class="button primary" data-testid="lesson-look" disabled={isBusy.value}>{say("lesson.look")}</button>
          )}
        </div>
      </form>
    </dialog>
  );
}

function InOneLanguage({ lang, taught, write }: { lang: Lang; taught: Taught; write: (part: Partial<Taught>) => void }) {
  const isOn = taught.question !== "" || taught.answer !== "";
  return (
    <fieldset class="lesson-lang" lang={lang === "zh" ? "zh-CN" : "en"}>
      <legend>{say(`lesson.in_${lang}`)}</legend>
      <label class="field">
        {say("lesson.question")}
        <input data-testid={`lesson-question-${lang}`} required={isOn} maxLength={300} value={taught.question} onInput={(event) => write({ question: event.currentTarget.value })} />
      </label>
      <label class="field">
        {say("lesson.answer")}
        <textarea data-testid={`lesson-answer-${lang}`} required={isOn} rows={3} maxLength={4000} value={taught.answer} onInput={(event) => write({ answer: event.currentTarget.value })} />
      </label>
    </fieldset>
  );
}

/** What was filled in. */
function written(texts: Texts): Partial<Texts> {
  return Object.fromEntries(Object.entries(texts).filter(([, one]) => one.question.trim() !== "" && one.answer.trim() !== ""));
}
