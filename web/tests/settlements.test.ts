import { afterEach, expect, test, vi } from "vitest";
import { Thread } from "../shared/thread";
import { Settlements } from "../widget/settlements";
import { aProposal, event, fold } from "./stories";

function answering(status: number, type: string): void {
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ type, status }), { status }));
}

async function confirmed(): Promise<unknown> {
  const settlements = new Settlements("token", new Thread("/", "token", () => undefined), `place-${Math.random()}`);
  await settlements.confirm("p1", "o1");
  return settlements.of("p1");
}

afterEach(() => void vi.unstubAllGlobals());

test("a yes that the airline has not answered yet is kept, and not asked for again", async () => {
  answering(503, "change-under-way");
  expect(await confirmed()).toMatchObject({ busy: false, unsure: false, slug: "change-under-way", option: "o1" });
});

test("a yes that nobody answered may be said again under the same key", async () => {
  answering(503, "unavailable");
  expect(await confirmed()).toMatchObject({ busy: false, unsure: true, slug: null, option: "o1" });
});

test("taking back is asked under its own path, and once more under the same key", async () => {
  const asked: [string, string | null][] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    if (init.method === "POST") asked.push([path, new Headers(init.headers).get("Idempotency-Key")]);
    return new Response("{}", { status: 503 });
  });
  const settlements = new Settlements("token", new Thread("/", "token", () => undefined), "place-of-undo");
  await settlements.undo("p1");
  expect(settlements.of("p1")).toMatchObject({ deed: "undo", busy: false, unsure: true });
  await settlements.undo("p1");
  expect(asked.map(([path]) => path)).toEqual(["../v1/proposals/p1/undo", "../v1/proposals/p1/undo"]);
  expect(asked[0]?.[1]).toBeTruthy();
  expect(asked[1]?.[1]).toBe(asked[0]?.[1]);
});

test("a doubtful yes lends its key to no taking back", async () => {
  const keys: (string | null)[] = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    if (init.method === "POST") keys.push(new Headers(init.headers).get("Idempotency-Key"));
    return new Response("{}", { status: 503 });
  });
  const settlements = new Settlements("token", new Thread("/", "token", () => undefined), "place-of-both");
  await settlements.confirm("p1", null);
  await settlements.undo("p1");
  expect(new Set(keys).size).toBe(2);
});

test("a taking back is over with its event, a yes with its own", async () => {
  answering(503, "unavailable");
  const settlements = new Settlements("token", new Thread("/", "token", () => undefined), "place-of-events");
  await settlements.undo("p1");
  settlements.settle(fold([event(1, "proposal", aProposal("executed"))]));
  expect(settlements.of("p1")).not.toBeNull();
  settlements.settle(fold([event(1, "proposal", aProposal("undone"))]));
  expect(settlements.of("p1")).toBeNull();
  await settlements.confirm("p1", null);
  settlements.settle(fold([event(1, "proposal", aProposal("unknown"))]));
  expect(settlements.of("p1")).toBeNull();
});

test("a refusal is told by its slug", async () => {
  answering(410, "proposal-expired");
  expect(await confirmed()).toMatchObject({ busy: false, unsure: false, slug: "proposal-expired" });
});
