import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/Icon";
import { lang, say } from "../shared/words";
import { isBusy, kinds, loadKinds, setTag } from "./tagging";

/** Sets a fact by hand: which one, until when (open without a day), and why. */
export function TagForm({ travellerId }: { travellerId: string }) {
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const first = useRef<HTMLSelectElement>(null);
  const language = lang.value;
  useEffect(() => {
    if (isOpen) void loadKinds(travellerId);
  }, [isOpen, language]);
  useEffect(() => {
    if (isOpen) first.current?.focus();
  }, [isOpen]);
  if (!isOpen) {
    return (
      <button type="button" class="button small" data-testid="tag-add" onClick={() => setOpen(true)}>
        <Icon name="plus" /> {say("desk.tagAdd")}
      </button>
    );
  }
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    // A day is meant to its end, on the clock of who sets it.
    const end = until ? { until: new Date(`${until}T23:59:59`).toISOString() } : {};
    if (!(await setTag(travellerId, { name, ...end, reason: reason.trim() }))) return;
    setOpen(false);
    setName("");
    setUntil("");
    setReason("");
  };
  return (
    <form class="tag-form" data-testid="tag-form" onSubmit={(event) => void submit(event)}>
      <label class="field">
        {say("desk.tagName")}
        <select ref={first} data-testid="tag-name" required value={name} onChange={(event) => setName(event.currentTarget.value)}>
          <option value="">{say("desk.tagChoose")}</option>
          {kinds.value.map((kind) => <option key={kind.name} value={kind.name}>{kind.title}</option>)}
        </select>
      </label>
      <label class="field">
        {say("desk.tagUntil")}
        <input data-testid="tag-until" type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
      </label>
      <label class="field wide">
        {say("desk.tagReason")}
        <input data-testid="tag-reason" required minLength={3} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      </label>
      <div class="tag-form-buttons">
        <button type="button" class="button small" onClick={() => setOpen(false)}>{say("grant.cancel")}</button>
        <button type="submit" class="button small primary" data-testid="tag-submit" disabled={isBusy.value}>{say("desk.tagSet")}</button>
      </div>
    </form>
  );
}
