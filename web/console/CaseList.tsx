import { now } from "../shared/now";
import { fullWords, whenWords } from "../shared/time";
import { lang, say } from "../shared/words";
import { callerName } from "./caller";
import { staff } from "./desk";
import type { Case } from "./nouns";
import { open, openCaseId } from "./route";

/** Some of the cases under a title; `none` is said where there are none. */
export function CaseList({ title, cases, none }: { title: string; cases: readonly Case[]; none?: string }) {
  return (
    <>
      <h2>{title}</h2>
      {cases.length === 0 && none && <p class="case-none">{none}</p>}
      <ul>{cases.map((one) => <CaseRow key={one.id} one={one} />)}</ul>
    </>
  );
}

/** One line: whose it is, what it is about, who looks after it until when. */
function CaseRow({ one }: { one: Case }) {
  return (
    <li>
      <button
        type="button" class="ticket-row case-row" data-testid="case-row" data-state={one.state} data-late={one.late}
        aria-current={openCaseId.value === one.id ? "true" : undefined} onClick={() => open(one.id, "cases")}
      >
        <span class="row-top">
          <span class="row-name">{callerName(one.caller)}</span>
          <span class="row-time" title={fullWords(one.due_at, lang.value)}>{one.state === "open" && dueWords(one)}</span>
        </span>
        <span class="row-headline" lang={one.lang === "zh" ? "zh-CN" : "en"}>{one.about}</span>
        <span class="row-tags">
          <span class="tag row-state">{say(`case.state_${one.state}`)}</span>
          <span class="tag">{ownerWords(one)}</span>
          <span class="row-number">#{one.number}</span>
        </span>
      </button>
    </li>
  );
}

export function dueWords(one: Case): string {
  return say(one.late ? "case.overdue" : "case.dueBy", { when: whenWords(one.due_at, now.value, lang.value) });
}

export function ownerWords({ owner }: Case): string {
  if (!owner) return say("case.nobody");
  return owner.id === staff.value?.id ? say("case.yours") : say("case.owner", { name: owner.name });
}
