import { expect, test } from "vitest";
import { dayWords, lengthWords, promiseWords, whenWords } from "../shared/time";

const now = new Date("2026-11-22T22:30:00Z"); // 23:30 in Berlin, 06:30 of the next day in Shanghai

test("a moment is told on the reader's own clock", () => {
  expect(whenWords("2026-11-22T22:50:00Z", now, "en", "Europe/Berlin")).toBe("23:50 today");
  expect(whenWords("2026-11-22T22:50:00Z", now, "zh", "Asia/Shanghai")).toBe("今天 06:50");
});

test("tomorrow begins at the reader's midnight", () => {
  expect(whenWords("2026-11-22T23:10:00Z", now, "en", "Europe/Berlin")).toBe("00:10 tomorrow");
  expect(whenWords("2026-11-22T23:10:00Z", now, "en", "Asia/Shanghai")).toBe("07:10 today");
  expect(whenWords("2026-11-21T22:00:00Z", now, "zh", "Europe/Berlin")).toBe("昨天 23:00");
});

test("another day is named", () => {
  expect(whenWords("2026-11-24T08:00:00Z", now, "en", "Europe/Berlin")).toBe("09:00 on Tue 24 Nov");
  expect(whenWords("2026-11-25T08:00:00Z", now, "zh", "Asia/Shanghai")).toBe("11月25日周三 16:00");
});

test("a length is told in two units at most", () => {
  expect(lengthWords(20_000, "en")).toBe("less than a minute");
  expect(lengthWords(12 * 60_000, "zh")).toBe("12 分钟");
  expect(lengthWords(125 * 60_000, "en")).toBe("2 h 5 min");
  expect(lengthWords(3 * 86_400_000, "en")).toBe("3 days");
});

test("a broken promise is called late", () => {
  expect(promiseWords("2026-11-22T22:42:00Z", now, "en")).toEqual({ late: false, text: "in 12 min" });
  expect(promiseWords("2026-11-22T22:27:00Z", now, "en")).toEqual({ late: true, text: "3 min late" });
});

test("a rule holds from a calendar day in every zone", () => {
  expect(dayWords("2026-01-01", "en")).toBe("1 Jan 2026");
  expect(dayWords("2026-01-01T00:00:00Z", "zh")).toBe("2026年1月1日");
});
