/** A short name for an identity, to keep its conversation under: the token changes with every page, its subject does not. */
export function whose(identity: string | null): string {
  if (!identity) return "anonymous";
  try {
    const middle = (identity.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const claims = JSON.parse(atob(middle)) as { iss?: unknown; sub?: unknown };
    if (typeof claims.sub === "string" && claims.sub !== "") return `${String(claims.iss ?? "")}:${claims.sub}`;
  } catch {
    // Not a token we can read: the server decides about it, here it is only a name.
  }
  return `token:${identity.slice(-24)}`;
}
