import { useState } from "preact/hooks";
import { ErrorBanner } from "../shared/ErrorBanner";
import { problemOf } from "../shared/http";
import { Mark } from "../shared/Mark";
import { say, sayProblem } from "../shared/words";
import { notice, signIn } from "./desk";
import { DeskLang } from "./DeskLang";

/** Name and password; the answer to a wrong one tells nothing more. */
export function SignIn() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [slug, setSlug] = useState<string | null>(notice.value);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setSlug(null);
    try {
      await signIn(name.trim(), password);
    } catch (error) {
      setSlug(problemOf(error).slug);
    }
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form class="sign-in-card" onSubmit={(event) => void submit(event)}>
        <div class="sign-in-head">
          <span class="sign-in-mark"><Mark size={30} /></span>
          <span class="sign-in-brand">{say("common.programme")}</span>
          <DeskLang />
        </div>
        <h1>{say("desk.signInTitle")}</h1>
        <p class="sign-in-lead">{say("desk.signInLead")}</p>
        {slug && <ErrorBanner text={sayProblem(slug)} />}
        <label class="field">
          {say("desk.name")}
          <input data-testid="signin-name" name="name" autocomplete="username" autocapitalize="none" required value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label class="field">
          {say("desk.password")}
          <input data-testid="signin-password" name="password" type="password" autocomplete="current-password" required value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button primary" data-testid="signin-submit" disabled={isBusy}>{say("desk.signIn")}</button>
      </form>
    </main>
  );
}
