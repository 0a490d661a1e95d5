import { ErrorBanner } from "../shared/ErrorBanner";
import { Icon } from "../shared/Icon";
import { lang, say, sayProblem } from "../shared/words";
import { withConcierge } from "../shared/embed";
import { fetchPersonas, inGroups, type Persona, persona, personas, playAs, slug } from "./persona";

function label({ name, tier }: Persona): string {
  return tier ? `${name[lang.value]} · ${say(`common.${tier}`)}` : name[lang.value];
}

/** Step into somebody's shoes: the Concierge then knows what it would know of them. */
export function PersonaSwitch() {
  if (personas.value.length === 0) return <section class="persona">{slug.value && <ErrorBanner text={sayProblem(slug.value)} way={{ label: say("common.retry"), go: () => void fetchPersonas() }} />}</section>;
  const played = personas.value.find((one) => one.id === persona.value);
  const note = played?.note[lang.value];
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
        {played?.role === "company_admin" && <CompanyLink />}
        {slug.value && <ErrorBanner text={sayProblem(slug.value)} way={{ label: say("common.retry"), go: () => void playAs(persona.value) }} />}
      </div>
    </section>
  );
}

/** A window of its own, opened by the loader: it tells the page there who is signed in here. */
function CompanyLink() {
  const open = (event: MouseEvent): void => {
    event.preventDefault();
    withConcierge((concierge) => concierge.openCompany());
  };
  return (
    <a class="persona-company" href="/company/" data-testid="company-link" onClick={open}>
      {say("demo.company")} <Icon name="link" /> <span class="hidden-words">{say("common.newTab")}</span>
    </a>
  );
}
