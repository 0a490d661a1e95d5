import { Icon } from "../shared/Icon";
import { keep } from "../shared/keep";
import { LangSwitch } from "../shared/LangSwitch";
import { Mark } from "../shared/Mark";
import type { Caller, Lang } from "../shared/nouns";
import { say } from "../shared/words";
import { switchLang } from "./concierge";
import { askToClose, isFramed, tellLanguage } from "./host";

/** Who speaks here, for whom, and in which language. */
export function Header({ caller }: { caller: Caller | null }) {
  const change = (next: Lang): void => {
    keep("concierge:lang", next);
    switchLang(next);
    tellLanguage(next);
  };
  const about = [caller?.name, caller?.tier && say(`common.${caller.tier}`), caller?.company].filter(Boolean).join(" · ");
  return (
    <header class="widget-header">
      <span class="widget-mark"><Mark size={26} /></span>
      <div class="widget-title">
        <h1>{say("common.concierge")}</h1>
        <p data-testid="caller">{about || say("common.airline")}</p>
      </div>
      <LangSwitch onSwitch={change} />
      {isFramed && (
        <button type="button" class="icon-button" data-testid="close" aria-label={say("widget.close")} title={say("widget.close")} onClick={askToClose}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}
