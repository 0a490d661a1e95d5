import { ErrorBanner } from "../shared/ErrorBanner";
import { Icon } from "../shared/Icon";
import { lang, say, sayProblem } from "../shared/words";
import { inGroups, type Persona, persona, personas, playAs, slug } from "./persona";

function label({ name, tier }: Persona): string {
  return tier ? `${name[lang.value]} · ${say(`common.${tier}`)}` : name[lang.value];
}

/** Step into somebody's shoes: the Concierge then knows what it would know of them. */
export function PersonaSwitch() {
  if (personas.value.length === 0) return slug.value ? <ErrorBanner text={sayProblem(slug.value)} /> : null;
  const note = personas.value.find((one) => one.id === persona.value)?.note[lang.value];
  return (
    <section class="persona">
      <span class="persona-art"><Icon name="person" /></span>
      <div class="persona-words">
        <label class="field">
          {say("demo.whoTitle")}
          <select data-testid="persona-select" value={persona.value} onChange={(event) => void playAs(event.currentTarget.value)}>
            {inGroups(personas.value).map(({ title, people }) => (
              <optgroup key={title.en} label={title[lang.value]}>
                {people.map((one) => <option key={one.id} value={one.id}>{label(one)}</option>)}
              </optgroup>
            ))}
          </select>
        </label>
        <p data-testid="persona-note" aria-live="polite">{note ?? say("demo.whoLead")}</p>
        {slug.value && <ErrorBanner text={sayProblem(slug.value)} />}
      </div>
    </section>
  );
}
