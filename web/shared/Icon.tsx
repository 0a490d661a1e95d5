/** Line icons on a 24 grid; none is ever the only carrier of a meaning. */
const drawings = {
  close: ["M6 6l12 12M18 6L6 18"],
  send: ["M5 12h13M12.5 6l6 6-6 6"],
  person: ["M12 12.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4.5 20c1.2-3.4 4-5 7.5-5s6.3 1.6 7.5 5"],
  up: ["M7 11v9H4v-9z", "M7 11l4-7c1.7 0 2.6 1.2 2.3 2.8L12.8 10H18a2 2 0 0 1 2 2.4l-1.2 6A2 2 0 0 1 16.8 20H7"],
  down: ["M17 13V4h3v9z", "M17 13l-4 7c-1.7 0-2.6-1.2-2.3-2.8l.5-3.2H6a2 2 0 0 1-2-2.4l1.2-6A2 2 0 0 1 7.2 4H17"],
  alert: ["M12 4l9 16H3z", "M12 10v4.5M12 17.3v.2"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  clock: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M12 7.5V12l3 2"],
  link: ["M13 5h6v6M19 5l-8.5 8.5", "M17 14.5V19H5V7h4.5"],
  back: ["M14.5 5.5L8 12l6.5 6.5"],
  shield: ["M12 3.5l7 2.7v5.3c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6.2z", "M9 12l2.2 2.2L15.2 10"],
  receipt: ["M6 3.5h12v17l-3-2-3 2-3-2-3 2z", "M9.5 8.5h5M9.5 12.5h5"],
  swap: ["M5 9h13M14.5 5.5L18 9l-3.5 3.5", "M19 16H6M9.5 12.5L6 16l3.5 3.5"],
  plane: ["M3.5 13.5l2-.5 2.5 2 4.5-1.2L8 6.5l2-.6 7.2 6.1 3-.8a1.6 1.6 0 0 1 .8 3L8.5 17.8 6 17.5z"],
  more: ["M12 5v14M6 13l6 6 6-6"],
  unfold: ["M6.5 9.5L12 15l5.5-5.5"],
  fold: ["M6.5 14.5L12 9l5.5 5.5"],
  keyboard: ["M3.5 7h17v10h-17z", "M7 10.5h.01M10.3 10.5h.01M13.7 10.5h.01M17 10.5h.01M8.5 13.8h7"],
  save: ["M12 4v11M7 10.5L12 15.5l5-5", "M5 19.5h14"],
  pen: ["M5 19l1-4L16.5 4.5l3 3L9 18z"],
  chat: ["M5 5h14a1.5 1.5 0 0 1 1.5 1.5v9A1.5 1.5 0 0 1 19 17h-7l-4.5 3.5V17H5a1.5 1.5 0 0 1-1.5-1.5v-9A1.5 1.5 0 0 1 5 5z"],
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {drawings[name].map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
