import { Icon } from "../shared/Icon";
import type { NoticeItem } from "../shared/fold";
import { clock } from "../shared/time";
import { lang, say } from "../shared/words";

/** Who has come and gone. */
export function Notice({ notice }: { notice: NoticeItem }) {
  const name = notice.staff?.name;
  const joined = name ? say("talk.takenOver", { name }) : say("talk.takenOverPlain");
  const text = notice.kind === "taken_over" ? joined : say(notice.kind === "returned" ? "talk.returned" : "talk.resolved");
  return (
    <p class="notice" data-testid="notice" data-kind={notice.kind}>
      <Icon name={notice.kind === "taken_over" ? "person" : notice.kind === "resolved" ? "check" : "chat"} />
      <span>{text}</span>
      <time dateTime={notice.at}>{clock(notice.at, lang.value)}</time>
    </p>
  );
}
