import { signal } from "@preact/signals";

/** Whether the browser believes there is a network. */
export const isOnline = signal(navigator.onLine);

window.addEventListener("online", () => (isOnline.value = true));
window.addEventListener("offline", () => (isOnline.value = false));
