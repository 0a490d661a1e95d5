import { Icon } from "../shared/Icon";
import { say } from "../shared/words";
import { macros, use } from "./macros";

/** The rights they hold, each in its approved words, one click from the reply. */
export function Macros() {
  const page = macros.value;
  if (!page || page.macros.length === 0) return null;
  return (
    <section data-testid="macros">
      <h3>{say("desk.macros")}</h3>
      <p class="faint macros-lead">{say("desk.macrosLead")}</p>
      <ul class="plain-list">
        {page.macros.map((one) => (
          <li key={one.rule_id} class="macro">
            <p lang={page.lang === "zh" ? "zh-CN" : "en"}>{one.text}</p>
            <button type="button" class="button small" data-testid="use-macro" aria-label={say("desk.useMacroOf", { title: one.title })} onClick={() => use(one.text)}>
              <Icon name="pen" /> {say("desk.useMacro")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
