import { expect, test } from "vitest";
import { backOff } from "../shared/follow";
import { Problem, slugOf } from "../shared/http";
import { safeLink } from "../shared/link";
import { parseFrame } from "../shared/sse";
import { whose } from "../shared/whose";

test("a frame becomes an event with its number, if it has one", () => {
  expect(parseFrame("12", "message", '{"at":"2026-11-22T06:10:00Z","text":"x"}')).toMatchObject({ number: 12, kind: "message", at: "2026-11-22T06:10:00Z", data: { text: "x" } });
  expect(parseFrame(undefined, "done", "")?.number).toBeNull();
  expect(parseFrame("1", "message", "{broken")).toBeNull();
});

test("a problem is known by the last part of its type, else by its status", () => {
  expect(slugOf("https://larkspur.example/problems/proposal-expired", 410)).toBe("proposal-expired");
  expect(slugOf("about:blank", 503)).toBe("unavailable");
  expect([new Problem("x", 0).isPassing, new Problem("x", 503).isPassing, new Problem("x", 409).isPassing]).toEqual([true, true, false]);
});

test("waiting grows and is bounded", () => {
  expect(backOff(0, 0)).toBe(500);
  expect(backOff(3, 0)).toBe(4000);
  expect(backOff(50, 1)).toBe(22_500);
});

test("only our own and http addresses are linked", () => {
  expect(safeLink("/articles/x")).toBe("/articles/x");
  expect(safeLink("https://larkspur.example/x")).toBe("https://larkspur.example/x");
  expect([safeLink("javascript:alert(1)"), safeLink("data:text/html,x"), safeLink(null)]).toEqual([null, null, null]);
});

test("an identity is known by its subject, not by its token", () => {
  const token = (stamp: number): string => `h.${btoa(JSON.stringify({ iss: "demo", sub: "lin", iat: stamp }))}.s`;
  expect(whose(token(1))).toBe(whose(token(2)));
  expect(whose(null)).toBe("anonymous");
  expect(whose("garbage")).not.toBe("anonymous");
});
