import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/Icon";
import type { Citation } from "../shared/nouns";
import { say } from "../shared/words";
import { SourceCard } from "./SourceCard";

/** The sources of a reply, side by side when there are several; folded where a card to decide on follows. */
export function Sources({ citations, marked, folded = false }: { citations: Citation[]; marked: number | null; folded?: boolean }) {
  const [chosen, choose] = useState<boolean | null>(null);
  // Until the reader chooses: a reply's kind is known only when it is whole.
  const open = chosen ?? !folded;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (marked === null) return;
    choose(true);
    list.current?.children[marked - 1]?.scrollIntoView({ block: "nearest", inline: "center", behavior: "smooth" });
  }, [marked, open]);
  if (citations.length === 0) return null;
  return (
    <section class="sources" aria-label={say("talk.sources")}>
      <h3 class="sources-title">
        {folded ? (
          <button type="button" class="text-button" data-testid="sources-fold" aria-expanded={open} onClick={() => choose(!open)}>
            <Icon name={open ? "fold" : "unfold"} /> {say("talk.sources")} ({citations.length})
          </button>
        ) : say("talk.sources")}
      </h3>
      {open && <ul class="source-list" ref={list} tabIndex={citations.length > 1 ? 0 : undefined} data-count={citations.length}>
        {citations.map((citation, i) => (
          <SourceCard key={i} n={i + 1} citation={citation} marked={marked === i + 1} />
        ))}
      </ul>}
    </section>
  );
}
