import { Icon, type IconName } from "../shared/Icon";
import type { Problem } from "../shared/http";
import { say, sayProblem, type Word } from "../shared/words";
import { load } from "./company";

/** Nothing to show (yet): loading, signed out, not an admin, or the server is away. */
export function Door({ problem, isSignedOut }: { problem: Problem | null; isSignedOut: boolean }) {
  if (isSignedOut) return <Notice icon="person" title="company.signedOutTitle" text={say("company.signedOut")} />;
  if (!problem) return <p class="company-wait" role="status">{say("common.loading")}</p>;
  if (problem.status === 403) return <Notice icon="shield" title="company.refusedTitle" text={sayProblem(problem.slug)} />;
  return (
    <Notice icon="alert" title="company.awayTitle" text={sayProblem(problem.slug)}>
      <button type="button" class="button primary" data-testid="retry" onClick={() => void load()}>{say("common.retry")}</button>
    </Notice>
  );
}

function Notice({ icon, title, text, children }: { icon: IconName; title: Word; text: string; children?: preact.ComponentChildren }) {
  return (
    <section class="card door" data-testid="door" role="status">
      <Icon name={icon} />
      <h1>{say(title)}</h1>
      <p>{text}</p>
      {children}
    </section>
  );
}
