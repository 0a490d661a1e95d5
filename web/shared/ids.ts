/** A fresh id of our making (client_msg_id, Idempotency-Key); randomUUID exists on https and localhost only. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
