import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { say } from "../shared/words";

const NEAR = 60;
const MARGIN = 12;

interface Props {
  /** Changes when there is something new. */
  mark: unknown;
  /** How much the reader has sent: sending always follows again. */
  sent?: number;
  /** A reply is being read: never scroll its question out of sight. */
  holdsQuestion?: boolean;
  children: ComponentChildren;
}

/** The log: it follows the newest words unless the reader has scrolled up to read. */
export function Scroller({ mark, sent = 0, holdsQuestion = false, children }: Props) {
  const log = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const holds = useRef(false);
  const lastTop = useRef(0);
  const wasAtEnd = useRef(true);
  const [away, setAway] = useState(false);
  holds.current = holdsQuestion;

  const settle = (): void => {
    const box = log.current;
    if (!box || !follows.current) return;
    const end = box.scrollHeight - box.clientHeight;
    const hold = holds.current ? questionTop(box) : end;
    // Who has read past it to the end stays at the end.
    const target = hold < lastTop.current && wasAtEnd.current ? end : Math.min(end, hold);
    if (target > box.scrollTop) box.scrollTop = target;
    lastTop.current = box.scrollTop;
    wasAtEnd.current = end - box.scrollTop < NEAR;
    setAway(!wasAtEnd.current);
  };
  const moved = (): void => {
    const box = log.current;
    if (!box) return;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    if (isAtEnd) follows.current = true;
    else if (box.scrollTop < lastTop.current - 4) follows.current = false;
    lastTop.current = box.scrollTop;
    wasAtEnd.current = isAtEnd;
    setAway(!isAtEnd);
  };
  const toEnd = (): void => {
    follows.current = true;
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  };
  useLayoutEffect(() => {
    if (sent > 0) follows.current = true;
  }, [sent]);
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

function questionTop(box: HTMLElement): number {
  const questions = box.querySelectorAll<HTMLElement>("[data-role=traveller]");
  const last = questions[questions.length - 1];
  return last ? last.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - MARGIN : box.scrollHeight;
}
