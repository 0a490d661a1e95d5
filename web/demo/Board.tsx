import { say, type Word } from "../shared/words";

const departures: { time: string; flight: string; from: Word; to: Word; gate: string; state: Word }[] = [
  { time: "13:40", flight: "9L207", from: "demo.city1", to: "demo.city2", gate: "D12", state: "demo.boarding" },
  { time: "15:05", flight: "9L217", from: "demo.city1", to: "demo.city3", gate: "D07", state: "demo.onTime" },
  { time: "18:20", flight: "9L208", from: "demo.city2", to: "demo.city1", gate: "B43", state: "demo.onTime" },
];

/** A departures board, for the eye. */
export function Board() {
  return (
    <section class="board" id="board">
      <h2>{say("demo.boardTitle")}</h2>
      <ul>
        {departures.map((one) => (
          <li key={one.flight}>
            <span class="board-time">{one.time}</span>
            <span class="board-route">{say(one.from)} – {say(one.to)}</span>
            <span class="board-flight">{one.flight}</span>
            <span class="board-gate">{say("demo.gate")} {one.gate}</span>
            <span class="board-state" data-now={one.state === "demo.boarding"}>{say(one.state)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
