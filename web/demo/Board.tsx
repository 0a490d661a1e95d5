import { say, type Word } from "../shared/words";

/** Of the timetable that the Concierge knows, too (tests/customers/test_demo_airline_page.py compares). */
export const departures: { time: string; flight: string; from: Word; to: Word; gate: string }[] = [
  { time: "12:35", flight: "9L201", from: "demo.city1", to: "demo.city2", gate: "D12" },
  { time: "16:10", flight: "9L219", from: "demo.city1", to: "demo.city3", gate: "D07" },
  { time: "21:05", flight: "9L202", from: "demo.city2", to: "demo.city1", gate: "B43" },
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
            <span class="board-state">{say("demo.onTime")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
