import { describe, expect, test } from "vitest";
import { isOffer, take, toldItems } from "../shared/fold";
import type { ChangeKind, MomentKind, Proposal } from "../shared/nouns";
import { lang, say } from "../shared/words";
import { confirmWord, iconOf, momentWord } from "../talk/kinds";
import { partOf } from "../talk/parts";
import { whyWords } from "../talk/Why";
import { aProposal, aReceipt, aReply, event, fold } from "./stories";

const kinds: ChangeKind[] = ["rebooking", "refund", "payment", "voucher", "seat", "bag", "lounge"];
const moments: MomentKind[] = ["delay", "cancellation", "schedule_change", "return_soon", "complaint", "tier_reached", "credit_expiring", "rating"];
const offered: Proposal = { ...aProposal("offered"), kind: "rebooking", offer: { moment: "delay", reason: "5 h late." } };

describe("an offer that nobody asked for", () => {
  const talk = fold([
    event(1, "message", { message_id: "m1", role: "traveller", text: "Bags?", client_msg_id: "c1" }),
    event(2, "reply", aReply("m2", "Two pieces.")),
    event(3, "proposal", offered),
  ]);

  test("comes as the newest card, and counts as told", () => {
    expect(talk.items.map((item) => item.is)).toEqual(["message", "message", "proposal"]);
    expect(toldItems(talk).map((item) => item.id)).toEqual(["m2", "p1"]);
    expect(talk.items.map((item) => isOffer(talk, item))).toEqual([false, false, true]);
  });

  test("stays where it came when it is answered", () => {
    const later = [event(4, "message", { message_id: "m3", role: "traveller", text: "Hm", client_msg_id: "c2" }), event(5, "proposal", { ...offered, state: "declined" })];
    const after = later.reduce((one, next) => take(one, next, true), talk);
    expect(after.items.map((item) => item.id)).toEqual(["m1", "m2", "p1", "m3"]);
    expect(after.proposals["p1"]?.state).toBe("declined");
  });

  test("says why, in the reader's language; what was asked for or granted says that", () => {
    lang.value = "en";
    expect(whyWords(offered)).toBe("For you, because your flight is delayed");
    expect(whyWords(aProposal("offered"))).toBe(say("proposal.heading"));
    expect(whyWords({ ...aProposal("offered"), granted: { by: "Anna" } })).toContain("Anna");
    lang.value = "zh";
    expect(whyWords(offered)).toContain("航班延误");
    lang.value = "en";
  });
});

describe("a kind of change", () => {
  test("has a sign and a button of its own in both languages", () => {
    expect(new Set(kinds.map(iconOf)).size).toBe(kinds.length);
    for (const language of ["en", "zh"] as const) {
      lang.value = language;
      expect(new Set([say("proposal.confirm"), ...kinds.map((kind) => say(confirmWord(kind)))]).size).toBe(kinds.length + 1);
      expect(new Set([say("offer.other"), ...moments.map((moment) => say(momentWord(moment)))]).size).toBe(moments.length + 1);
    }
    lang.value = "en";
  });

  test("of tomorrow is shown as a change like any other", () => {
    const kind = "upgrade" as ChangeKind;
    expect([iconOf(kind), confirmWord(kind), momentWord("birthday" as MomentKind)]).toEqual(["swap", "proposal.confirm", "offer.other"]);
  });
});

describe("a receipt", () => {
  const done = [event(1, "proposal", aProposal("executed")), event(2, "receipt", aReceipt("r1"))];
  const undone = [event(3, "receipt", aReceipt("r2")), event(4, "proposal", aProposal("undone"))];

  test("is of what was done, until that is taken back", () => {
    const talk = fold(done);
    expect(partOf(talk.receipts["r1"]!, talk)).toBe("done");
  });

  test("of the taking back leaves the first one as undone", () => {
    const talk = fold([...done, ...undone]);
    expect([partOf(talk.receipts["r1"]!, talk), partOf(talk.receipts["r2"]!, talk)]).toEqual(["undone", "undoing"]);
  });

  test("has no other, though another proposal has", () => {
    const talk = fold([...done, event(3, "receipt", { ...aReceipt("r9"), proposal_id: "p9" }), event(4, "proposal", aProposal("undone"))]);
    expect([partOf(talk.receipts["r1"]!, talk), partOf(talk.receipts["r9"]!, talk)]).toEqual(["undone", "done"]);
  });
});
