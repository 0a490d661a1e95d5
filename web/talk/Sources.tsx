import { useEffect, useRef } from "preact/hooks";
import type { Citation } from "../shared/nouns";
import { say } from "../shared/words";
import { SourceCard } from "./SourceCard";

/** The sources of a reply, side by side when there are several. */
export function Sources({ citations, marked }: { citations: Citation[]; marked: number | null }) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (marked !== null) list.current?.children[marked - 1]?.scrollIntoView({ block: "nearest", inline: "center", behavior: "smooth" });
  }, [marked]);
  if (citations.length === 0) return null;
  return (
    <section class="sources" aria-label={say("talk.sources")}>
      <h3 class="sources-title">{say("talk.sources")}</h3>
      <ul class="source-list" ref={list} tabIndex={citations.length > 1 ? 0 : undefined} data-count={citations.length}>
        {citations.map((citation, i) => (
          <SourceCard key={i} n={i + 1} citation={citation} marked={marked === i + 1} />
        ))}
      </ul>
    </section>
  );
}
