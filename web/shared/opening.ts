/** The conversation of an identity: the one kept under its place in this tab, or a new one. Widget and company page share it. */
import { call, post, problemOf } from "./http";
import { forget, keep, kept } from "./keep";
import type { Conversation, Lang } from "./nouns";
import { lang } from "./words";

export interface Opened {
  conversation: Conversation;
  token: string;
}

interface Key {
  id: string;
  token: string;
}

/** Where the conversation of this person is kept, by the short name of `whose`. */
export function placeOf(who: string): string {
  return `concierge:conversation:${who}`;
}

export async function opened(place: string, identity: string | null): Promise<Opened> {
  return (await resumed(place)) ?? (await created(place, identity));
}

/** Exchange the code of an e-mail's link for its conversation, which this tab keeps from now on; returns the language it is held in. */
export async function openedByLink(place: string, code: string): Promise<Lang> {
  const made = await post<Key & { lang: Lang }>("/conversations/resume", null, { code });
  keep(place, { id: made.id, token: made.token });
  return made.lang;
}

async function resumed(place: string): Promise<Opened | null> {
  const key = kept<Key>(place);
  if (!key?.id || !key.token) return null;
  try {
    return { conversation: await call<Conversation>(`/conversations/${key.id}`, { token: key.token }), token: key.token };
  } catch (error) {
    if (problemOf(error).isPassing) throw error;
    forget(place);
    return null;
  }
}

async function created(place: string, identity: string | null): Promise<Opened> {
  const made = await post<Conversation & Key>("/conversations", null, { lang: lang.value, ...(identity ? { identity } : {}) });
  keep(place, { id: made.id, token: made.token });
  return { conversation: { ...made, state: made.state ?? "bot" }, token: made.token };
}
