import type { Citation, Lang, Sentence } from "../shared/nouns";
import { say } from "../shared/words";
import type { Spaced } from "./gaps";

interface Props {
  spaced: Spaced;
  citations: Citation[];
  /** The language of the reply: a sentence in another one is marked as an original. */
  home: Lang;
  /** The sentence before was in the same foreign language: the badge is not repeated. */
  continued: boolean;
  onSource: (n: number) => void;
}

/** One sentence and the numbers of the sources that carry it. */
export function SentenceText({ spaced: { sentence, gap }, citations, home, continued, onSource }: Props) {
  const lines = sentence.text.trim().split("\n");
  const foreign = sentence.lang !== home;
  return (
    <>
      {gap.includes("\n") ? <span class="line-end">{gap.slice(gap.indexOf("\n") + 1)}</span> : gap}
      <span class="sentence" data-testid="sentence" lang={sentence.lang === "zh" ? "zh-CN" : "en"}>
        {foreign && !continued && <span class="original">{say(sentence.lang === "zh" ? "talk.original_zh" : "talk.original_en")}</span>}
        {lines.map((line, i) => (
          <span key={i} class={line.startsWith("- ") ? "point" : lines.length > 1 ? "row" : undefined}>
            {i < lines.length - 1 ? words(line) : words(line).slice(0, -2)}
            {i === lines.length - 1 && (
              <span class="tail">
                {words(line).slice(-2)}
                <Markers sentence={sentence} citations={citations} onSource={onSource} />
              </span>
            )}
          </span>
        ))}
      </span>
    </>
  );
}

function words(line: string): string {
  return line.startsWith("- ") ? line.slice(2) : line;
}

/** They stay beside the sentence's last two characters (its `tail`), never alone on a line. */
function Markers({ sentence, citations, onSource }: { sentence: Sentence; citations: Citation[]; onSource: (n: number) => void }) {
  if (sentence.citations.length === 0) return null;
  return (
    <sup class="markers">
      {sentence.citations.map((n) => {
        const title = citations[n - 1]?.title;
        if (!title) return <span key={n} class="marker">{n}</span>;
        return (
          <button key={n} type="button" class="marker" aria-label={say("talk.source", { n, title })} onClick={() => onSource(n)}>
            {n}
          </button>
        );
      })}
    </sup>
  );
}
