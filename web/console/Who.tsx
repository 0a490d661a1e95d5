import { say } from "../shared/words";
import { callerName } from "./caller";
import type { Brief } from "./nouns";

/** Name, tier, value and company. */
export function Who({ who }: { who: Brief["who"] }) {
  const about = [who.name ? say(`desk.${who.kind}`) : null, who.company].filter(Boolean).join(" · ");
  return (
    <div class="who">
      <p class="who-name">
        {callerName(who)}
        {who.tier && <span class="tag" data-tone="accent">{say(`common.${who.tier}`)}</span>}
        {who.segment && (
          <span class="tag">
            {say(`desk.segment_${who.segment}`)}
            {who.value != null && <span class="faint">{say("desk.value", { n: Math.round(who.value) })}</span>}
          </span>
        )}
      </p>
      {about && <p class="faint">{about}</p>}
    </div>
  );
}
