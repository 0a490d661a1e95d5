import type { Entitlement } from "../shared/nouns";
import { say } from "../shared/words";
import { Rights } from "../talk/Rights";

const groups: { decision: Entitlement["decision"]; isOpen: boolean }[] = [
  { decision: "refer", isOpen: true },
  { decision: "allow", isOpen: true },
  { decision: "deny", isOpen: false },
];

/** Rights that were looked at: yours to decide, held, and not held; each with its reasons. */
export function RightsGroups({ entitlements }: { entitlements: Entitlement[] }) {
  return (
    <div class="rights-groups">
      {groups.map(({ decision, isOpen }) => {
        const found = entitlements.filter((one) => one.decision === decision);
        if (found.length === 0) return null;
        return (
          <details key={decision} class="rights-group" data-testid={`rights-${decision}`} open={isOpen || found.length === entitlements.length}>
            <summary>{say(`desk.group_${decision}`, { n: found.length })}</summary>
            <Rights entitlements={found} reader="staff" />
          </details>
        );
      })}
    </div>
  );
}
