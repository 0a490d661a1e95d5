const petals = [-72, -36, 0, 36, 72];
const tones = ["#8f7df0", "#7463dd", "#a99af8", "#6250cd"];

/** One larkspur: a stem with florets that grow smaller towards the tip. */
export function Stem({ x, foot, height, tilt }: { x: number; foot: number; height: number; tilt: number }) {
  const count = Math.round(height / 15);
  const florets = Array.from({ length: count }, (_, i) => i / count);
  return (
    <g transform={`translate(${x} ${foot}) rotate(${tilt})`}>
      <path d={`M0 0V${-height}`} stroke="#2f5a4b" stroke-width="3" stroke-linecap="round" />
      {florets.map((part, i) => {
        const size = 15 * (1 - part) + 3;
        const side = i % 2 === 0 ? 1 : -1;
        return (
          <g key={i} transform={`translate(${side * size * 0.72} ${-height * (0.26 + part * 0.76)}) rotate(${side * 24})`} fill={tones[i % tones.length]}>
            {petals.map((angle) => <ellipse key={angle} rx={size * 0.34} ry={size * 0.74} cy={-size * 0.5} transform={`rotate(${angle * 2})`} />)}
            <circle r={size * 0.2} fill="#fff3dc" />
          </g>
        );
      })}
    </g>
  );
}
