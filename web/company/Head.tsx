import { withConcierge } from "../shared/embed";
import { Icon } from "../shared/Icon";
import { dayWords } from "../shared/time";
import { lang, say } from "../shared/words";
import type { Account } from "./nouns";

const DAYS = { active: "company.joined", pending: "company.applied", left: "company.joinedOn" } as const;
const TONES = { active: "good", pending: "person", left: "bad" } as const;

/** Which company this is, and the way to the Concierge. */
export function Head({ company, admins }: { company: Account["company"]; admins: Account["admins"] }) {
  const { status } = company;
  return (
    <section class="head">
      <div class="head-name">
        <h1>{company.name}</h1>
        <p lang={lang.value === "zh" ? "en" : "zh-CN"}>{company.other_name}</p>
        {status !== "active" && (
          <p class="head-status" data-testid="company-status"><span class="tag" data-tone={TONES[status]}>{say(`company.${status}`)}</span> {say(`company.${status}Lead`)}</p>
        )}
      </div>
      <button type="button" class="button primary head-ask" data-testid="ask" onClick={() => withConcierge((concierge) => concierge.open())}>
        <Icon name="chat" /> {say("company.ask")}
      </button>
      <dl class="facts">
        {company.number && <Fact name={say("company.number")} value={company.number} />}
        <Fact name={say(DAYS[status])} value={dayWords(company.joined_on, lang.value)} />
        {admins.map(({ name, admin }) => <Fact key={admin} name={say(`company.${admin}`)} value={name} />)}
      </dl>
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return <div><dt>{name}</dt><dd>{value}</dd></div>;
}
