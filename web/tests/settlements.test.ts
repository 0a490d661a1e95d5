import { afterEach, expect, test, vi } from "vitest";
import { Thread } from "../shared/thread";
import { Settlements } from "../widget/settlements";

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

test("a refusal is told by its slug", async () => {
  answering(410, "proposal-expired");
  expect(await confirmed()).toMatchObject({ busy: false, unsure: false, slug: "proposal-expired" });
});
