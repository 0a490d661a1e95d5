import { keep } from "../shared/keep";
import { LangSwitch } from "../shared/LangSwitch";
import { speak } from "../shared/words";

/** The desk's language, remembered on this machine. */
export function DeskLang() {
  return (
    <LangSwitch
      onSwitch={(next) => {
        keep("desk:lang", next, true);
        speak(next);
      }}
    />
  );
}
