/** Which ticket is open stands in the address, so that refresh and the back button do what one expects. */
import { signal } from "@preact/signals";

function read(): string | null {
  const found = /^#\/tickets\/(.+)$/.exec(window.location.hash);
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}

export const openId = signal<string | null>(read());

window.addEventListener("hashchange", () => (openId.value = read()));

export function open(id: string | null): void {
  window.location.hash = id === null ? "#/" : `#/tickets/${encodeURIComponent(id)}`;
  openId.value = id;
}
