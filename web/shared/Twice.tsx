import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

interface Props {
  label: ComponentChildren;
  name?: string;
  /** What is asked before anything happens. */
  question: string;
  yes: string;
  no: string;
  testId: string;
  look: string;
  disabled?: boolean;
  act: () => void;
}

/** A button that asks once more before it acts; the keyboard stays where the question is. */
export function Twice({ label, name, question, yes, no, testId, look, disabled = false, act }: Props) {
  const [isAsking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const ask = (asking: boolean): void => {
    setAsking(asking);
    requestAnimationFrame(() => first.current?.focus());
  };
  if (!isAsking) {
    return (
      <button type="button" ref={first} class={look} data-testid={testId} aria-label={name} title={name} disabled={disabled} onClick={() => ask(true)}>{label}</button>
    );
  }
  return (
    <div class="twice" role="group" aria-label={question}>
      <p>{question}</p>
      <div class="twice-buttons">
        <button type="button" class="button small" data-testid={`${testId}-no`} onClick={() => ask(false)}>{no}</button>
        <button type="button" ref={first} class="button small primary" data-testid={`${testId}-yes`} disabled={disabled}
          onClick={() => { setAsking(false); act(); }}>{yes}</button>
      </div>
    </div>
  );
}
