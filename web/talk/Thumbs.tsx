import { Icon } from "../shared/Icon";
import type { Thumb } from "../shared/nouns";
import { say } from "../shared/words";

/** Did this help? A second tap takes it back. */
export function Thumbs({ thumb, onThumb }: { thumb: Thumb; onThumb: (thumb: Thumb) => void }) {
  return (
    <span class="thumbs">
      {thumb && <span class="thumbed">{say("talk.thumbed")}</span>}
      <button type="button" class="thumb" data-testid="thumb-up" aria-pressed={thumb === "up"} aria-label={say("talk.thumbUp")}
        title={say("talk.thumbUp")} onClick={() => onThumb(thumb === "up" ? null : "up")}>
        <Icon name="up" />
      </button>
      <button type="button" class="thumb" data-testid="thumb-down" aria-pressed={thumb === "down"} aria-label={say("talk.thumbDown")}
        title={say("talk.thumbDown")} onClick={() => onThumb(thumb === "down" ? null : "down")}>
        <Icon name="down" />
      </button>
    </span>
  );
}
