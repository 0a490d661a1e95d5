import { Icon } from "../shared/Icon";
import { say } from "../shared/words";
import { withConcierge } from "../shared/embed";
import { HeroArt } from "./HeroArt";

export function Hero() {
  return (
    <section class="hero">
      <HeroArt />
      <div class="hero-words">
        <p class="eyebrow">{say("demo.eyebrow")}</p>
        <h1>{say("demo.headline")}</h1>
        <p class="lead">{say("demo.lead")}</p>
        <p class="hero-buttons">
          <button type="button" class="button hero-ask" data-testid="ask" onClick={() => withConcierge((concierge) => concierge.open())}>
            <Icon name="chat" /> {say("demo.ask")}
          </button>
          <a class="hero-how" href="#concierge-how">{say("demo.how")}</a>
        </p>
      </div>
    </section>
  );
}
