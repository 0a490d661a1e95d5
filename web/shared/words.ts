/** Every word on screen, from the two catalogues; the language of the page is one signal. */
import { signal } from "@preact/signals";
import en from "./en.json";
import type { Lang } from "./nouns";
import zh from "./zh.json";

type Catalogue = typeof en;
export type Word = { [Room in keyof Catalogue]: `${Room}.${keyof Catalogue[Room] & string}` }[keyof Catalogue];

const catalogues: Record<Lang, Record<string, Record<string, string>>> = { en, zh };

export const lang = signal<Lang>("en");

export function isLang(value: unknown): value is Lang {
  return value === "en" || value === "zh";
}

/** The language the browser prefers, of the two we speak. */
export function browserLang(): Lang {
  const first = (navigator.languages ?? [navigator.language]).find((tag) => /^(en|zh)\b/i.test(tag));
  return first?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Speak this language from now on, on the page and in its `lang` attribute. */
export function speak(next: Lang): void {
  lang.value = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
}

export function say(word: Word, holes: Record<string, string | number> = {}): string {
  return sayIn(lang.value, word, holes);
}

export function sayIn(language: Lang, word: Word, holes: Record<string, string | number> = {}): string {
  return fill(look(language, word) ?? word, holes);
}

/** The sentence for a refusal; an unknown slug gets the general one. */
export function sayProblem(slug: string, holes: Record<string, string | number> = {}): string {
  return fill(look(lang.value, `errors.${slug}`) ?? look(lang.value, "errors.internal") ?? slug, holes);
}

/** The server's own sentence for a refusal, where it says more than a catalogue can: what exactly was refused, in the reader's language. */
export function sayRefusal({ slug, body }: { slug: string; body: Record<string, unknown> }): string {
  const told = body[lang.value === "zh" ? "detail_zh" : "detail"];
  return typeof told === "string" && told !== "" && typeof body["detail_zh"] === "string" ? told : sayProblem(slug);
}

function look(language: Lang, word: string): string | undefined {
  const dot = word.indexOf(".");
  return catalogues[language][word.slice(0, dot)]?.[word.slice(dot + 1)];
}

function fill(text: string, holes: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(holes[name] ?? hole));
}
