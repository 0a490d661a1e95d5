import { lang, say } from "./words";
import type { Lang } from "./nouns";

/** The other language, named in itself. */
export function LangSwitch({ onSwitch }: { onSwitch: (next: Lang) => void }) {
  const next: Lang = lang.value === "en" ? "zh" : "en";
  return (
    <button
      type="button" class="lang-switch" data-testid="lang-switch" lang={next === "zh" ? "zh-CN" : "en"}
      title={say("common.switchLang")} onClick={() => onSwitch(next)}
    >
      {say("common.otherLang")}
    </button>
  );
}
