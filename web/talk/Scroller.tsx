import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { say } from "../shared/words";

const NEAR = 60;
const MARGIN = 12;
const LITTLE = 40;
/** Browsers round a scroll position. */
const SLACK = 4;

interface Props {
  /** Changes when there is something new. */
  mark: unknown;
  /** How much the reader has sent: sending always follows again. */
  sent?: number;
  /** A reply is being read: never scroll its question out of sight. */
  holdsQuestion?: boolean;
  /** How much came unasked: it is shown from its beginning, wherever one was. */
  offered?: number;
  children: ComponentChildren;
}

/** The log: it follows the newest words unless the reader has scrolled up to read. */
export function Scroller({ mark, sent = 0, holdsQuestion = false, offered = 0, children }: Props) {
  const log = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const holds = useRef(false);
  const lastTop = useRef(0);
  /** The reader went on to the end by themselves: there they stay. */
  const hasReadOn = useRef(false);
  const [away, setAway] = useState(false);
  holds.current = holdsQuestion;

  const settle = (): void => {
    const box = log.current;
    if (!box || !follows.current) return;
    const end = box.scrollHeight - box.clientHeight;
    const begun = holds.current && !hasReadOn.current ? newestBegun(box) : null;
    const hold = begun ? topOf(begun, box) : end;
    // A little left below is worth a question's byline, but not an offer's title; never back up.
    const target = end - hold <= (begun?.dataset["offer"] ? 0 : LITTLE) ? end : hold;
    if (target > box.scrollTop) box.scrollTop = target;
    lastTop.current = box.scrollTop;
    setAway(end - box.scrollTop > LITTLE);
  };
  const moved = (): void => {
    const box = log.current;
    if (!box) return;
    const left = box.scrollHeight - box.clientHeight - box.scrollTop;
    const step = box.scrollTop - lastTop.current;
    if (left < NEAR && step > SLACK) hasReadOn.current = true;
    if (left < NEAR) follows.current = true;
    else if (step < -SLACK) follows.current = false;
    lastTop.current = box.scrollTop;
    setAway(left > LITTLE);
  };
  const toEnd = (): void => {
    follows.current = true;
    hasReadOn.current = true;
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  };
  useLayoutEffect(() => {
    hasReadOn.current = false;
    if (sent > 0) follows.current = true;
  }, [sent]);
  useLayoutEffect(() => {
    hasReadOn.current = false;
  }, [offered]);
  useLayoutEffect(settle, [mark]);
  useEffect(() => {
    const watch = new ResizeObserver(settle);
    if (inner.current) watch.observe(inner.current);
    if (log.current) watch.observe(log.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div class="scroller">
      <div class="log" ref={log} onScroll={moved} role="log" aria-live="polite" aria-label={say("talk.log")} tabIndex={0}>
        <div class="log-inner" ref={inner}>{children}</div>
      </div>
      {away && (
        <button type="button" class="to-end" aria-label={say("widget.latest")} title={say("widget.latest")} onClick={toEnd}>
          <Icon name="more" />
        </button>
      )}
    </div>
  );
}

/** The newest thing that is read from its beginning: a question with its answer, or an offer. */
function newestBegun(box: HTMLElement): HTMLElement | null {
  const begun = box.querySelectorAll<HTMLElement>("[data-role=traveller], [data-offer]");
  return begun[begun.length - 1] ?? null;
}

function topOf(begun: HTMLElement, box: HTMLElement): number {
  return begun.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - MARGIN;
}
