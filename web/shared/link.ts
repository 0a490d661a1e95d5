/** An address fit for a link: our own or http(s); anything else (javascript:, data:) is not linked. */
export function safeLink(url: string | null | undefined): string | null {
  if (!url) return null;
  try {
    const { protocol } = new URL(url, "https://relative.invalid/");
    return protocol === "https:" || protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}
