import { useState } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { safeLink } from "../shared/link";
import type { Citation } from "../shared/nouns";
import { dayWords } from "../shared/time";
import { lang, say } from "../shared/words";

const LONG = 140;

/** Where it is written: title, section, the words themselves, since when it holds. */
export function SourceCard({ n, citation, marked }: { n: number; citation: Citation; marked: boolean }) {
  const [open, setOpen] = useState(false);
  const link = safeLink(citation.url);
  const tongue = citation.lang === "zh" ? "zh-CN" : "en";
  const isLong = citation.quote.length > (citation.lang === "zh" ? LONG / 2 : LONG);
  return (
    <li class="source" data-testid="source-card" data-marked={marked} data-open={open}>
      <div class="source-head">
        <span class="source-number" aria-hidden="true">{n}</span>
        <div lang={tongue}>
          <p class="source-title">{citation.title}</p>
          {citation.section && <p class="source-section">{citation.section}</p>}
        </div>
      </div>
      {citation.quote && <blockquote lang={tongue}>{citation.quote}</blockquote>}
      {isLong && (
        <button type="button" class="text-button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {say(open ? "talk.less" : "talk.more")}
        </button>
      )}
      <div class="source-foot">
        {citation.in_force_from && <span>{say("talk.inForceSince", { day: dayWords(citation.in_force_from, lang.value) })}</span>}
        {link && (
          <a href={link} target="_blank" rel="noopener noreferrer">
            {say("talk.readArticle")}
            <span class="hidden-words"> {citation.title} ({say("common.newTab")})</span>
            <Icon name="link" />
          </a>
        )}
      </div>
    </li>
  );
}
