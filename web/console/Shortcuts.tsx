import { useEffect, useRef } from "preact/hooks";
import { say, type Word } from "../shared/words";
import { areKeysOn, isHelpOpen, useKeys } from "./shortcuts";

const keys: [string[], Word][] = [
  [["J", "K"], "desk.keyMove"],
  [["Enter"], "desk.keyOpen"],
  [["C"], "desk.keyClaim"],
  [["R"], "desk.keyReply"],
  [["Enter"], "desk.keySend"],
  [["G"], "desk.keyGrant"],
  [["Esc"], "desk.keyBack"],
  [["?"], "desk.keyHelp"],
];

/** The help to the keys. */
export function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isHelpOpen.value]);
  return (
    <dialog class="shortcuts" ref={dialog} aria-labelledby="shortcuts-title" onClose={() => (isHelpOpen.value = false)}>
      <h2 id="shortcuts-title">{say("desk.shortcuts")}</h2>
      <dl>
        {keys.map(([names, word]) => (
          <div key={word}>
            <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
            <dd>{say(word)}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input type="checkbox" checked={areKeysOn.value} onChange={(event) => useKeys(event.currentTarget.checked)} /> {say("desk.shortcutsOn")}
      </label>
      <button type="button" class="button" onClick={() => (isHelpOpen.value = false)}>{say("desk.close")}</button>
    </dialog>
  );
}
