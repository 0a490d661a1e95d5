import { Icon, type IconName } from "../shared/Icon";
import type { Entitlement } from "../shared/nouns";
import { now } from "../shared/now";
import { whenWords } from "../shared/time";
import { lang, say } from "../shared/words";

interface Props {
  entitlements: Entitlement[];
  reader?: "traveller" | "staff";
  /** Asks for one of them by its title. */
  onAsk?: ((title: string) => void) | null;
}

const icons: Record<Entitlement["decision"], IconName> = { allow: "shield", refer: "person", deny: "close" };

/** What the rules decided for this traveller, as the server computed it and in its order. */
export function Rights({ entitlements, reader = "traveller", onAsk = null }: Props) {
  if (entitlements.length === 0) return null;
  return (
    <ul class="rights">
      {entitlements.map((one, i) => (
        <li key={`${one.rule_id}${one.right}${i}`} class="right" data-testid="entitlement" data-decision={one.decision}>
          <Icon name={icons[one.decision]} />
          <div class="right-words">
            <p class="right-title">{one.title}</p>
            <p class="right-decision">
              {say(reader === "staff" ? `desk.${one.decision}` : `talk.${one.decision}`)}
              {one.decision === "allow" && one.until && <> · {say("talk.untilYours", { when: whenWords(one.until, now.value, lang.value) })}</>}
            </p>
            <Reasons of={one} reader={reader} />
          </div>
          {onAsk && one.decision === "allow" && (
            <button type="button" class="button small right-ask" data-testid="ask-right" aria-label={say("talk.askRight", { title: one.title })} onClick={() => onAsk(one.title)}>
              {say("talk.ask")}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What speaks against it stands line by line; what speaks for it the answer above has told the traveller, and staff read it in one go. */
function Reasons({ of: { decision, reasons }, reader }: { of: Entitlement; reader: "traveller" | "staff" }) {
  if (decision !== "allow") return <>{reasons.map((reason) => <p key={reason} class="right-reason">{reason}</p>)}</>;
  return reader === "staff" && reasons.length > 0 ? <p class="right-reason">{reasons.join(lang.value === "zh" ? "" : " ")}</p> : null;
}
