import { useRef } from "preact/hooks";
import type { Ref } from "preact";
import { Icon } from "../shared/Icon";
import { say } from "../shared/words";

/** The server's limit, in characters. */
export const LONGEST = 4000;
const COUNT_FROM = 3600;

interface Props {
  text: string;
  onText: (text: string) => void;
  onSend: (text: string) => void;
  label: string;
  hint: string;
  sendLabel: string;
  inputId: string;
  sendId: string;
  box: Ref<HTMLTextAreaElement>;
}

/** Enter sends, Shift+Enter breaks the line; an Enter that only picks a Chinese word does neither. */
export function Composer({ text, onText, onSend, label, hint, sendLabel, inputId, sendId, box }: Props) {
  const isComposing = useRef(false);
  const left = LONGEST - Array.from(text).length;
  const canSend = text.trim() !== "" && left >= 0;
  const send = (): void => {
    if (canSend) onSend(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey) return;
    // 229: Safari ends the composition before this key event arrives.
    if (event.isComposing || isComposing.current || event.keyCode === 229) return;
    event.preventDefault();
    send();
  };
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <textarea
        ref={box} data-testid={inputId} aria-label={label} placeholder={hint} value={text} rows={Math.min(5, text.split("\n").length)}
        enterkeyhint="send" aria-invalid={left < 0}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onCompositionStart={() => (isComposing.current = true)}
        onCompositionEnd={() => (isComposing.current = false)}
      />
      <button type="submit" class="send" data-testid={sendId} disabled={!canSend} aria-label={sendLabel} title={sendLabel}>
        <Icon name="send" />
      </button>
      {left <= LONGEST - COUNT_FROM && (
        <p class="counter" data-over={left < 0} role="status">
          {left < 0 ? say("common.counterOver", { n: -left }) : say("common.counterLeft", { n: left })}
        </p>
      )}
    </form>
  );
}
