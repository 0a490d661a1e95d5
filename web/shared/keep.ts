/** What a page keeps for a refresh. A browser that forbids storage still works, until the refresh. */
const memory = new Map<string, string>();

function storage(lasting: boolean): Storage | null {
  try {
    return lasting ? window.localStorage : window.sessionStorage;
  } catch {
    return null;
  }
}

/** The kept value, or nothing when there is none or it is not what we wrote. */
export function kept<T>(key: string, lasting = false): T | null {
  let text: string | null = memory.get(key) ?? null;
  try {
    text = storage(lasting)?.getItem(key) ?? text;
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

export function keep(key: string, value: unknown, lasting = false): void {
  const text = JSON.stringify(value);
  memory.set(key, text);
  try {
    storage(lasting)?.setItem(key, text);
  } catch {
    // Full or forbidden: memory has it.
  }
}

export function forget(key: string, lasting = false): void {
  memory.delete(key);
  try {
    storage(lasting)?.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}
