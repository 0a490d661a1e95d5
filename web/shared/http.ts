/** Calls to our own server, and its refusals as values with a slug. */

// Pages stand at /widget/, /console/ and /; the API is beside them, also behind a path prefix.
const API = "../v1";

/** The server's answer that something was not done; `slug` is worded by the catalogues. */
export class Problem extends Error {
  constructor(
    readonly slug: string,
    readonly status: number,
    readonly body: Record<string, unknown> = {},
  ) {
    super(slug);
  }

  /** Nobody answered, or not properly: whether it was done is unknown, trying again is right. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem("unavailable", 0);
}

export interface Asked {
  method?: string;
  token?: string | null;
  body?: unknown;
  accept?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** The raw answer of a call; throws a Problem for a refusal and for no network. */
export async function ask(path: string, asked: Asked = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: asked.accept ?? "application/json", ...asked.headers };
  if (asked.token) headers["Authorization"] = `Bearer ${asked.token}`;
  const init: RequestInit = { method: asked.method ?? "GET", headers, credentials: "omit", cache: "no-store" };
  if (asked.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(asked.body);
  }
  if (asked.signal) init.signal = asked.signal;
  let response: Response;
  try {
    response = await fetch(API + path, init);
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    throw new Problem("unavailable", 0);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** The JSON answer of a call, given up after 20 seconds. */
export async function call<T>(path: string, asked: Asked = {}): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 20_000);
  try {
    const response = await ask(path, { ...asked, signal: limit.signal });
    return (await response.json()) as T;
  } catch (error) {
    throw problemOf(error);
  } finally {
    clearTimeout(timer);
  }
}

export function post<T>(path: string, token: string | null, body: unknown = {}, headers: Record<string, string> = {}): Promise<T> {
  return call<T>(path, { method: "POST", token, body, headers });
}

async function refusal(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    // A proxy's page instead of our problem: the status is all we know.
  }
  return new Problem(slugOf(body["type"], response.status), response.status, body);
}

/** The slug of a problem: the last part of its type, or a guess from the status. */
export function slugOf(type: unknown, status: number): string {
  if (typeof type === "string" && type !== "" && type !== "about:blank") return type.split("/").pop() as string;
  const guesses: Record<number, string> = { 401: "not-signed-in", 403: "token-wrong", 404: "not-found", 413: "too-large", 429: "locked-out" };
  return guesses[status] ?? (status >= 500 ? "unavailable" : "internal");
}
