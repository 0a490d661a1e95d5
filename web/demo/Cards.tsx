import { say } from "../shared/words";
import { CardArt } from "./CardArt";

const cards = ["card1", "card2", "card3"] as const;

export function Cards() {
  return (
    <section class="band" id="compass">
      <h2>{say("demo.cardsTitle")}</h2>
      <ul class="cards">
        {cards.map((card) => (
          <li key={card} class="offer">
            <CardArt name={card} />
            <h3>{say(`demo.${card}`)}</h3>
            <p>{say(`demo.${card}Text`)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
