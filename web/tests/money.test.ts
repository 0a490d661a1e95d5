import { expect, test } from "vitest";
import { moneyWords } from "../shared/money";

test("an amount is said as the server's cards say it", () => {
  expect([moneyWords("1200", "CNY", "en"), moneyWords(1200, "CNY", "zh")]).toEqual(["CNY 1,200", "1,200 元"]);
  expect([moneyWords("250.50", "EUR", "en"), moneyWords(3, "THB", "zh")]).toEqual(["EUR 250.5", "THB 3"]);
});
