import type { Line } from "../shared/nouns";

/** Label and value, as on a form. */
export function Lines({ lines }: { lines: Line[] }) {
  return (
    <dl class="lines">
      {lines.map((line) => (
        <div key={line.label} class="line">
          <dt>{line.label}</dt>
          <dd>{line.value}</dd>
        </div>
      ))}
    </dl>
  );
}
