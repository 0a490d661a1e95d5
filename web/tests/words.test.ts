import { expect, test } from "vitest";
import en from "../shared/en.json";
import zh from "../shared/zh.json";
import { lang, say, sayProblem } from "../shared/words";

type Catalogue = Record<string, Record<string, string>>;

function flat(catalogue: Catalogue): Map<string, string> {
  return new Map(Object.entries(catalogue).flatMap(([room, words]) => Object.entries(words).map(([key, text]) => [`${room}.${key}`, text] as const)));
}

const holes = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

test("both languages have the same words", () => {
  expect([...flat(zh).keys()].sort()).toEqual([...flat(en).keys()].sort());
});

test("and the same places to fill in each", () => {
  const chinese = flat(zh);
  for (const [key, text] of flat(en)) expect([key, holes(chinese.get(key) ?? "")]).toEqual([key, holes(text)]);
});

test("no word is empty, and none is an emoji", () => {
  for (const [key, text] of [...flat(en), ...flat(zh)]) {
    expect([key, text.trim()]).not.toEqual([key, ""]);
    expect([key, /\p{Extended_Pictographic}/u.test(text)]).toEqual([key, false]);
  }
});

test("Chinese is Chinese, its punctuation too", () => {
  for (const [key, text] of flat(zh)) expect([key, /[一-鿿][,;:!?]/.test(text)]).toEqual([key, false]);
});

test("a refusal is worded by its slug, an unknown one in general", () => {
  lang.value = "en";
  expect(sayProblem("ticket-taken", { by: "Ben" })).toContain("Ben");
  expect(sayProblem("of-tomorrow")).toBe(say("errors.internal"));
});
