import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import { say } from "../shared/words";
import { DeskLang } from "./DeskLang";
import { queue, signOut, staff } from "./desk";
import { isHelpOpen } from "./shortcuts";

/** Where we are, who we are, and out. */
export function TopBar() {
  const waiting = queue.value.tickets.filter((ticket) => ticket.state === "waiting").length;
  return (
    <header class="top-bar">
      <span class="top-mark"><Mark size={24} /></span>
      <h1><span class="top-programme">{say("common.programme")} </span><span class="top-desk">{say("desk.title")}</span></h1>
      <span class="top-count" role="status">{say("desk.waitingCount", { n: waiting })}</span>
      <span class="top-space" />
      <button type="button" class="icon-button keys" aria-label={say("desk.shortcuts")} title={say("desk.shortcuts")} onClick={() => (isHelpOpen.value = true)}>
        <Icon name="keyboard" />
      </button>
      <DeskLang />
      <span class="top-name">{staff.value?.name}</span>
      <button type="button" class="top-out" data-testid="signout" onClick={() => void signOut()}>{say("desk.signOut")}</button>
    </header>
  );
}
