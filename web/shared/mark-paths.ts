/** The airline's sign: a swallow made of larkspur petals (飞燕 is both), on a 32 grid. */
export const mark = [
  { d: "M1.5 10.5C9 8.5 15 11 18 17.5 13 14.5 7.5 13.5 1.5 10.5Z", opacity: "1" },
  { d: "M30.5 4C22.5 5 18 10 18 17.5 21.5 12.5 26.5 9.5 30.5 4Z", opacity: "1" },
  { d: "M18 17.5C16 22 11.5 25.5 5.5 28 12.5 27.5 17 24.5 18 17.5Z", opacity: "0.75" },
  { d: "M18 17.5C19.5 21.5 18.8 25.5 15.5 30 20.5 27 22 21.5 18 17.5Z", opacity: "0.55" },
] as const;
