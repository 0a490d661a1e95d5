import { expect, test } from "vitest";
import { spaced } from "../talk/gaps";
import { aSentence } from "./stories";

const gaps = (...given: Parameters<typeof spaced>): string[] => spaced(...given).map(({ gap }) => gap);

test("a closed reply keeps the white space of its text", () => {
  expect(gaps([aSentence("You may take:"), aSentence("- two bags"), aSentence("Ask us.")], "You may take:\n- two bags\n\nAsk us.")).toEqual(["", "\n", "\n\n"]);
});

test("an arriving reply is spaced by its language", () => {
  expect(gaps([aSentence("One."), aSentence("Two.")], "")).toEqual(["", " "]);
  expect(gaps([aSentence("可以。", [], "zh"), aSentence("免费。", [], "zh")], "")).toEqual(["", ""]);
  expect(gaps([aSentence("You may take:"), aSentence("- two bags")], "")).toEqual(["", "\n"]);
});

test("sentences that the text does not hold are still shown", () => {
  expect(gaps([aSentence("One."), aSentence("Other.")], "One. Two.")).toEqual(["", " "]);
});
