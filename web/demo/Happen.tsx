import { useEffect } from "preact/hooks";
import { ErrorBanner } from "../shared/ErrorBanner";
import { Icon, type IconName } from "../shared/Icon";
import { say, sayProblem } from "../shared/words";
import { busy, happen, happened, happenings, refused } from "./happenings";
import { persona } from "./persona";

const icons: Record<string, IconName> = { delay: "clock", cancellation: "close", rating: "star" };

/** Makes something happen to who is played, to see what the Concierge does about it. */
export function Happen() {
  useEffect(() => {
    happened.value = null;
    refused.value = null;
  }, [persona.value]);
  if (persona.value === "anonymous") return null;
  return (
    <section class="happen" aria-labelledby="happen-title">
      <div>
        <h2 id="happen-title">{say("demo.happenTitle")}</h2>
        <p>{say("demo.happenLead")}</p>
      </div>
      <div class="happen-buttons">
        {happenings.map(({ name, label, what }) => (
          <button key={name} type="button" class="button" data-testid={`happen-${name}`} disabled={busy.value !== null} onClick={() => void happen(name, what)}>
            <Icon name={icons[name] ?? "plane"} /> {say(label)}
          </button>
        ))}
      </div>
      <p class="happen-said" role="status" data-testid="happen-said">{happened.value && say("demo.happened")}</p>
      {refused.value && <ErrorBanner text={sayProblem(refused.value)} dismiss={() => (refused.value = null)} />}
    </section>
  );
}
