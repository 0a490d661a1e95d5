import { mark } from "../shared/mark-paths";
import { Stem } from "./Stem";

/** Dusk over the larkspur field: drawn, not photographed. */
export function HeroArt() {
  return (
    <svg class="hero-art" viewBox="0 0 1440 640" preserveAspectRatio="xMaxYMax slice" aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id="sky" x1="0" y1="0" x2="0.35" y2="1">
          <stop offset="0" stop-color="#1d1650" />
          <stop offset="0.45" stop-color="#3f3193" />
          <stop offset="0.75" stop-color="#8471cf" />
          <stop offset="1" stop-color="#f3c6a0" />
        </linearGradient>
        <radialGradient id="glow">
          <stop offset="0" stop-color="#ffe9c9" stop-opacity="0.85" />
          <stop offset="0.4" stop-color="#ffd3a1" stop-opacity="0.35" />
          <stop offset="1" stop-color="#ffd3a1" stop-opacity="0" />
        </radialGradient>
      </defs>
      <rect width="1440" height="640" fill="url(#sky)" />
      <circle cx="1105" cy="452" r="330" fill="url(#glow)" />
      <circle cx="1105" cy="452" r="62" fill="#ffe6c2" />
      <path d="M560 640C700 470 850 300 1010 226S1300 130 1440 96" fill="none" stroke="#fff" stroke-opacity="0.5" stroke-width="1.5" stroke-dasharray="2 9" stroke-linecap="round" />
      <g transform="translate(968 172) rotate(4) scale(2.5)" fill="#fff">
        {mark.map(({ d, opacity }) => <path key={d} d={d} opacity={opacity} />)}
      </g>
      <path d="M0 548C180 500 330 516 520 500S900 430 1080 470 1340 452 1440 430V640H0Z" fill="#6a58bd" opacity="0.75" />
      <path d="M0 586C220 548 420 574 640 548S1040 510 1210 530 1380 520 1440 506V640H0Z" fill="#43358f" />
      <path d="M0 622C260 590 520 616 760 596S1180 570 1440 576V640H0Z" fill="#251b5e" />
      <Stem x={1392} foot={640} height={300} tilt={-5} />
      <Stem x={1330} foot={646} height={226} tilt={4} />
      <Stem x={1268} foot={650} height={170} tilt={-3} />
      <Stem x={1216} foot={652} height={120} tilt={6} />
      <Stem x={1424} foot={650} height={180} tilt={7} />
    </svg>
  );
}
