/** Who the visitor plays: the demo server signs the identity that a real airline's page would. */
import { signal } from "@preact/signals";
import { call, post, problemOf } from "../shared/http";
import { keep, kept } from "../shared/keep";
import type { Caller } from "../shared/nouns";
import { withConcierge } from "../shared/embed";

interface Words {
  en: string;
  zh: string;
}

export interface Persona {
  id: string;
  name: Words;
  note: Words;
  group: Words;
  tier: Caller["tier"];
  role: "traveller" | "company_admin" | null;
}

const PLACE = "demo:persona";
/** A signature lasts ten minutes; like a real host page, a new one is fetched before that. */
const FRESH_MS = 5 * 60_000;

export const personas = signal<Persona[]>([]);
export const persona = signal<string>("anonymous");
export const slug = signal<string | null>(null);

/** The personas as the server lists them, those of one group together. */
export function inGroups(all: Persona[]): { title: Words; people: Persona[] }[] {
  const groups = new Map<string, { title: Words; people: Persona[] }>();
  for (const one of all) {
    const group = groups.get(one.group.en) ?? { title: one.group, people: [] };
    group.people.push(one);
    groups.set(one.group.en, group);
  }
  return [...groups.values()];
}

export async function fetchPersonas(): Promise<void> {
  slug.value = null;
  try {
    personas.value = (await call<{ personas: Persona[] }>("/demo/personas")).personas;
  } catch (error) {
    if (problemOf(error).status !== 404) slug.value = problemOf(error).slug;
    return; // elsewhere than in the demo there is nobody to play
  }
  const before = kept<string>(PLACE);
  if (before && before !== "anonymous" && personas.value.some((one) => one.id === before)) await playAs(before);
}

let again: ReturnType<typeof setTimeout> | undefined;

export async function playAs(id: string): Promise<void> {
  persona.value = id;
  slug.value = null;
  clearTimeout(again);
  if (id !== "anonymous") again = setTimeout(() => void playAs(id), FRESH_MS);
  try {
    const { identity } = await post<{ identity: string | null }>("/demo/token", null, { as: id });
    if (persona.value !== id) return;
    keep(PLACE, id);
    withConcierge((concierge) => concierge.identify(identity));
  } catch (error) {
    slug.value = problemOf(error).slug;
  }
}
