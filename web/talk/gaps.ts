/** A reply's sentences with the white space that stood between them in its text. */
import type { Sentence } from "../shared/nouns";

export interface Spaced {
  sentence: Sentence;
  gap: string;
}

export function spaced(sentences: readonly Sentence[], text: string): Spaced[] {
  let from = 0;
  let before: Sentence | null = null;
  return sentences.filter(Boolean).map((sentence) => {
    const found = text === "" ? -1 : text.indexOf(sentence.text.trim(), from);
    const written = found < 0 ? null : text.slice(from, found);
    if (found >= 0) from = found + sentence.text.trim().length;
    const gap = before === null ? "" : written !== null && /^\s*$/.test(written) ? written : usualGap(before, sentence);
    before = sentence;
    return { sentence, gap };
  });
}

/** While a reply is still arriving its text is not known: a list item starts a line, Chinese needs no space. */
function usualGap(before: Sentence, next: Sentence): string {
  if (/^\s*- /.test(next.text) || /^\s*- /.test(before.text)) return "\n";
  return next.lang === "zh" ? "" : " ";
}
