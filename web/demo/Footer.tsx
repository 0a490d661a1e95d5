import { Mark } from "../shared/Mark";
import { say } from "../shared/words";

export function Footer() {
  return (
    <footer class="footer">
      <p class="footer-brand"><Mark size={22} /> {say("common.airline")}</p>
      <p>{say("demo.note")}</p>
      <a href="/console/" data-testid="desk-link">{say("demo.desk")}</a>
    </footer>
  );
}
