import { useState } from "preact/hooks";
import { spaced } from "../talk/gaps";
import { SentenceText } from "../talk/SentenceText";
import { Sources } from "../talk/Sources";
import { Icon } from "../shared/Icon";
import { say } from "../shared/words";
import type { Brief } from "./nouns";
import { isOurs, write } from "./open";
import { focusReply } from "./shortcuts";

/** The answer that was held back, with its sources; one click puts it where it can be corrected and sent. */
export function BriefDraft({ brief }: { brief: Brief }) {
  const [marked, setMarked] = useState<number | null>(null);
  const { draft, citations } = brief;
  if (!draft || draft.text === "") {
    return (
      <section>
        <h3>{say("desk.draft")}</h3>
        <p class="faint">{say("desk.noDraft")}</p>
      </section>
    );
  }
  const parts = spaced(draft.sentences, draft.text);
  const use = (): void => {
    write(draft.text);
    focusReply();
  };
  return (
    <section>
      <h3>{say("desk.draft")}</h3>
      <div class="draft" data-testid="brief-draft">
        <div class="words">
          {parts.length === 0 ? draft.text : parts.map((part, i) => (
            <SentenceText key={i} spaced={part} citations={citations} home={part.sentence.lang} continued onSource={setMarked} />
          ))}
        </div>
        <button type="button" class="button small" data-testid="use-draft" disabled={!isOurs.value} title={isOurs.value ? undefined : say("desk.useDraftHint")} onClick={use}>
          <Icon name="pen" /> {say("desk.useDraft")}
        </button>
      </div>
      <Sources citations={citations} marked={marked} />
    </section>
  );
}
