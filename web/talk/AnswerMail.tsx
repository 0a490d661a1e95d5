import { useState } from "preact/hooks";
import { say, sayProblem } from "../shared/words";
import type { Actions } from "./actions";

/** Where an answer goes when its traveller has left: the account's address, or one that is left here. */
export function AnswerMail({ mail }: { mail: Actions["mail"] }) {
  const [address, setAddress] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (mail.isSignedIn) return <p class="card-note">{say("ticket.mailed")}</p>;
  const leave = async (where: string | null): Promise<void> => {
    setBusy(true);
    setSlug(await mail.leave(where));
    setBusy(false);
  };
  if (mail.address) {
    return (
      <p class="card-note" data-testid="answers-to">
        {say("ticket.mailTo", { address: mail.address })}{" "}
        <button type="button" class="text-button" disabled={busy} data-testid="answers-to-nobody" onClick={() => void leave(null)}>{say("ticket.mailForget")}</button>
      </p>
    );
  }
  return (
    <form class="answer-mail" data-testid="answer-mail" onSubmit={(event) => { event.preventDefault(); void leave(address); }}>
      <label class="field">
        <span>{say("ticket.mailAsk")}</span>
        <input type="email" required maxLength={254} autocomplete="email" value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
      </label>
      <button type="submit" class="button small" disabled={busy}>{say("ticket.mailLeave")}</button>
      {slug && <p class="card-problem" role="alert">{slug === "bad-request" ? say("ticket.mailWrong") : sayProblem(slug)}</p>}
    </form>
  );
}
