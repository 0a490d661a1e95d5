/** Three small drawings: a return that moves, one account, a tier reached together. */
export function CardArt({ name }: { name: "card1" | "card2" | "card3" }) {
  return (
    <svg class="card-art" viewBox="0 0 320 150" aria-hidden="true" focusable="false">
      {name === "card1" && (
        <>
          <path class="soft" d="M30 112C90 40 230 40 290 112" />
          <path class="firm" d="M290 112C236 78 170 66 110 82" />
          <path class="firm" d="M124 70L108 82.5 126 92" />
          <circle class="dot" cx="30" cy="112" r="7" />
          <circle class="dot" cx="290" cy="112" r="7" />
          <rect class="page" x="196" y="20" width="54" height="50" rx="9" />
          <path class="firm" d="M196 36h54M210 14v10M236 14v10" />
          <path class="warm" d="M212 52l8 7 14-14" />
        </>
      )}
      {name === "card2" && (
        <>
          <path class="soft" d="M80 46C120 46 120 76 160 76M80 104C120 104 120 76 160 76M240 46C200 46 200 76 160 76M240 104C200 104 200 76 160 76" />
          {[[80, 46], [80, 104], [240, 46], [240, 104]].map(([x = 0, y = 0]) => (
            <g key={`${x}${y}`} transform={`translate(${x} ${y})`}>
              <circle class="page" r="20" />
              <circle class="dot" cy="-5" r="6" />
              <path class="dot" d="M-11 12a11 9 0 0 1 22 0z" />
            </g>
          ))}
          <rect class="full" x="136" y="52" width="48" height="48" rx="14" />
          <path class="light" d="M150 84V72M160 84V66M170 84V76" />
        </>
      )}
      {name === "card3" && (
        <>
          <path class="soft" d="M40 122H280" />
          <rect class="page" x="62" y="92" width="46" height="30" rx="7" />
          <rect class="page" x="124" y="72" width="46" height="50" rx="7" />
          <rect class="full" x="186" y="44" width="46" height="78" rx="7" />
          <path class="warm" d="M209 12l4.5 9.2 10.1 1.4-7.3 7.1 1.7 10.1-9-4.8-9 4.8 1.7-10.1-7.3-7.1 10.1-1.4z" />
          <path class="firm" d="M72 78C100 74 130 54 158 44" />
          <path class="firm" d="M148 38l12 5-8 11" />
        </>
      )}
    </svg>
  );
}
