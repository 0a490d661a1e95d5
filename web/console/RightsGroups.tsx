import type { Entitlement } from "../shared/nouns";
import { say } from "../shared/words";
import { Rights } from "../talk/Rights";

/** More than so many of them are looked at when they are asked for. */
const groups: { decision: Entitlement["decision"]; most: number }[] = [
  { decision: "refer", most: Infinity },
  { decision: "allow", most: 4 },
  { decision: "deny", most: 0 },
];

/** Rights that were looked at: yours to decide, held, and not held; each with its reasons. */
export function RightsGroups({ entitlements }: { entitlements: Entitlement[] }) {
  return (
    <div class="rights-groups">
      {groups.map(({ decision, most }) => {
        const found = entitlements.filter((one) => one.decision === decision);
        if (found.length === 0) return null;
        return (
          <details key={decision} class="rights-group" data-testid={`rights-${decision}`} open={found.length <= Math.max(most, entitlements.length === found.length ? 4 : 0)}>
            <summary>{say(`desk.group_${decision}`, { n: found.length })}</summary>
            <Rights entitlements={found} reader="staff" />
          </details>
        );
      })}
    </div>
  );
}
