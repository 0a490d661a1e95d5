import { Icon } from "../shared/Icon";
import type { Entitlement } from "../shared/nouns";
import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";

/** What the rules decided for this traveller, as the server computed it. */
export function Rights({ entitlements, reader = "traveller" }: { entitlements: Entitlement[]; reader?: "traveller" | "staff" }) {
  if (entitlements.length === 0) return null;
  return (
    <ul class="rights">
      {entitlements.map((one) => (
        <li key={one.rule_id + one.right} class="right" data-testid="entitlement" data-decision={one.decision}>
          <Icon name={one.decision === "allow" ? "shield" : one.decision === "refer" ? "person" : "close"} />
          <div>
            <p class="right-title">{one.title}</p>
            <p class="right-decision">
              {say(reader === "staff" ? `desk.${one.decision}` : `talk.${one.decision}`)}
              {one.decision === "allow" && one.until && <> · {say("talk.until", { when: whenWords(one.until, now.value, lang.value) })}</>}
            </p>
            {(reader === "staff" || one.decision !== "allow") && one.reasons.map((reason) => <p key={reason} class="right-reason">{reason}</p>)}
          </div>
        </li>
      ))}
    </ul>
  );
}
