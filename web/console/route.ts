/** Which ticket or case is open stands in the address, so that refresh and the back button do what one expects. */
import { signal } from "@preact/signals";

type Room = "tickets" | "cases";

function read(room: Room): string | null {
  const found = /^#\/(\w+)\/(.+)$/.exec(window.location.hash);
  return found?.[1] === room && found[2] ? decodeURIComponent(found[2]) : null;
}

export const openId = signal<string | null>(read("tickets"));
export const openCaseId = signal<string | null>(read("cases"));

window.addEventListener("hashchange", readBoth);

function readBoth(): void {
  openId.value = read("tickets");
  openCaseId.value = read("cases");
}

export function open(id: string | null, room: Room = "tickets"): void {
  window.location.hash = id === null ? "#/" : `#/${room}/${encodeURIComponent(id)}`;
  readBoth();
}
