import { expect, test } from "vitest";
import { nameOf } from "../company/company";
import { count } from "../company/count";
import { monthWords } from "../shared/time";

test("a month is its own in any time zone", () => {
  expect([monthWords("2026-10-01", "en"), monthWords("2026-10-01", "zh")]).toEqual(["October 2026", "2026年10月"]);
});

test("numbers are grouped by thousands", () => {
  expect([count(0), count(18172)]).toEqual(["0", "18,172"]);
});

test("a file keeps the name it was given, and no path", () => {
  expect(nameOf('attachment; filename="travellers-2026-11-22.csv"')).toBe("travellers-2026-11-22.csv");
  expect([nameOf('attachment; filename="../../x.csv"'), nameOf(null)]).toEqual(["travellers.csv", "travellers.csv"]);
});
