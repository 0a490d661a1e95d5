import { ErrorBanner } from "../shared/ErrorBanner";
import { Icon } from "../shared/Icon";
import { now } from "../shared/now";
import { Twice } from "../shared/Twice";
import { whenWords } from "../shared/time";
import { lang, say, sayRefusal } from "../shared/words";
import type { Tag } from "./nouns";
import { TagForm } from "./TagForm";
import { isBusy, refused, removeTag } from "./tagging";

/** The dated facts we hold about a traveller, who set each, and the way to set another. */
export function Tags({ tags, travellerId }: { tags: Tag[]; travellerId: string }) {
  return (
    <div class="tags">
      {tags.length > 0 && <ul class="plain-list">{tags.map((tag) => <OneTag key={`${tag.name}${tag.source}`} tag={tag} travellerId={travellerId} />)}</ul>}
      {refused.value && <ErrorBanner text={sayRefusal(refused.value)} dismiss={() => (refused.value = null)} />}
      <TagForm travellerId={travellerId} />
    </div>
  );
}

function OneTag({ tag, travellerId }: { tag: Tag; travellerId: string }) {
  const by = say(`desk.tagBy_${tag.source}`, { name: tag.set_by ?? "" });
  const about = [by, tag.until && say("talk.until", { when: whenWords(tag.until, now.value, lang.value) })].filter(Boolean).join(" · ");
  return (
    <li class="tag-row" data-testid="tag" data-source={tag.source}>
      <div>
        <span class="tag" title={tag.name}>{tag.title}</span>
        {about && <p class="faint">{about}</p>}
        {tag.reason && <p class="faint">{tag.reason}</p>}
      </div>
      {tag.source === "staff" && (
        <Twice label={<Icon name="close" />} name={say("desk.tagRemove", { title: tag.title })} question={say("desk.tagRemoveSure", { title: tag.title })}
          yes={say("desk.tagRemoveYes")} no={say("desk.tagRemoveNo")} testId="tag-remove" look="icon-button" disabled={isBusy.value} act={() => removeTag(travellerId, tag.name)} />
      )}
    </li>
  );
}
