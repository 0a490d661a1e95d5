import { describe, expect, test } from "vitest";
import { emptyTalk, isUnanswered, take, type MessageItem, type Talk } from "../shared/fold";
import { aProposal, aReply, aSentence, aTicket, event, fold } from "./stories";

const messages = (talk: Talk): MessageItem[] => talk.items.filter((item): item is MessageItem => item.is === "message");

describe("a numbered event is applied once", () => {
  const story = [
    event(1, "message", { message_id: "m1", role: "traveller", text: "Bags?", client_msg_id: "c1" }),
    event(2, "sentence", { message_id: "m2", index: 0, ...aSentence("Two pieces.") }),
    event(3, "reply", aReply("m2", "Two pieces.")),
  ];

  test("when two streams bring the same events", () => {
    const once = fold(story);
    const twice = fold([...story, ...story]);
    expect(twice).toEqual(once);
    expect(once.last).toBe(3);
  });

  test("when a duplicate comes late and out of order", () => {
    const talk = fold([story[0]!, story[1]!, story[0]!, story[2]!, story[1]!]);
    expect(messages(talk).map((message) => message.text)).toEqual(["Bags?", "Two pieces."]);
  });

  test("when a turn's own stream runs ahead, nothing in between is lost", () => {
    const colleague = event(2, "staff_message", { message_id: "s1", text: "Hello, Anna here.", staff: { id: "1", name: "Anna" }, client_msg_id: "x" });
    const ahead = event(3, "message", { message_id: "m3", role: "traveller", text: "And skis?", client_msg_id: "c3" });
    let talk = fold([story[0]!]);
    talk = take(talk, ahead, false);
    expect(talk.last).toBe(1);
    talk = take(take(talk, colleague, true), ahead, true);
    expect(messages(talk).map((message) => message.role)).toEqual(["traveller", "staff", "traveller"]);
  });

  test("and the followed stream may have gaps in its numbers", () => {
    expect(take(fold([story[0]!]), { ...story[1]!, number: 7 }, true).last).toBe(7);
  });

  test("while frames without a number change nothing", () => {
    expect(take(emptyTalk, { number: null, kind: "typing", at: "", data: {} }, true)).toBe(emptyTalk);
  });
});

describe("a reply", () => {
  test("grows by its sentences and is closed by the reply", () => {
    const open = fold([
      event(1, "sentence", { message_id: "m", index: 0, ...aSentence("One.", [1]) }),
      event(2, "sentence", { message_id: "m", index: 1, ...aSentence("Two.") }),
    ]);
    expect(messages(open)[0]?.sentences.map((sentence) => sentence.text)).toEqual(["One.", "Two."]);
    expect(messages(open)[0]?.reply).toBeNull();
    const closed = take(open, event(3, "reply", { ...aReply("m", "One. Two."), kind: "clarify" }), true);
    expect(messages(closed)).toHaveLength(1);
    expect(messages(closed)[0]?.reply?.kind).toBe("clarify");
  });

  test("that is closed takes no more sentences", () => {
    const talk = fold([event(1, "reply", aReply("m", "Done.")), event(2, "sentence", { message_id: "m", index: 1, ...aSentence("Late.") })]);
    expect(messages(talk)[0]?.text).toBe("Done.");
    expect(messages(talk)[0]?.sentences.map((sentence) => sentence.text)).toEqual(["Done."]);
  });

  test("is owed after a traveller's message, and not while a person answers", () => {
    const asked = fold([event(1, "message", { message_id: "m1", role: "traveller", text: "?", client_msg_id: "c" })]);
    expect(isUnanswered(asked)).toBe(true);
    expect(isUnanswered(take(asked, event(2, "reply", aReply("m2", "!")), true))).toBe(false);
    expect(isUnanswered(take(asked, event(2, "handoff", { ticket: aTicket() }), true))).toBe(false);
  });

  test("is not owed for what was said to a person before the bot came back", () => {
    const talk = fold([
      event(1, "taken_over", { ticket_id: "t1", staff: { id: "1", name: "Anna" } }),
      event(2, "message", { message_id: "m1", role: "traveller", text: "Thank you", client_msg_id: "c" }),
      event(3, "returned", { ticket_id: "t1" }),
    ]);
    expect(isUnanswered(talk)).toBe(false);
  });
});

describe("a proposal", () => {
  test("shows its newest state in one card", () => {
    const talk = fold([
      event(1, "reply", { ...aReply("m", "Shall I?"), kind: "proposal", proposal: aProposal("offered") }),
      event(2, "proposal", aProposal("offered")),
      event(3, "proposal", aProposal("pending")),
      event(4, "proposal", aProposal("executed")),
      event(5, "receipt", { id: "r1", proposal_id: "p1", title: "Changed", lines: [], executed_at: "", reference: "R" }),
    ]);
    expect(talk.items.map((item) => item.is)).toEqual(["message", "proposal", "receipt"]);
    expect(talk.proposals["p1"]?.state).toBe("executed");
  });

  test("that is asked about again comes again below", () => {
    const talk = fold([
      event(1, "proposal", aProposal("offered")),
      event(2, "message", { message_id: "m1", role: "traveller", text: "yes", client_msg_id: "c" }),
      event(3, "reply", { ...aReply("m2", "Please confirm."), kind: "proposal", proposal: aProposal("offered") }),
    ]);
    expect(talk.items.map((item) => item.is)).toEqual(["message", "message", "proposal"]);
  });
});

test("a hand-off is followed by who takes it and by the bot's return", () => {
  const waiting = fold([event(1, "handoff", { ticket: aTicket() })]);
  expect(waiting.answeredBy).toBe("waiting");
  const taken = take(waiting, event(2, "taken_over", { ticket_id: "t1", staff: { id: "1", name: "Anna" } }), true);
  expect([taken.answeredBy, taken.staff?.name, taken.tickets["t1"]?.state]).toEqual(["staff", "Anna", "taken"]);
  const back = take(taken, event(3, "returned", { ticket_id: "t1" }), true);
  expect([back.answeredBy, back.staff, back.tickets["t1"]?.state]).toEqual(["bot", null, "returned"]);
  expect(back.items.map((item) => item.is)).toEqual(["ticket", "notice", "notice"]);
});

test("a thumb is kept and taken back", () => {
  const up = fold([event(1, "feedback", { message_id: "m", thumb: "up" })]);
  expect(up.thumbs["m"]).toBe("up");
  expect(take(up, event(2, "feedback", { message_id: "m", thumb: null }), true).thumbs["m"]).toBeNull();
});

test("who waits reads the newest place and time; who was taken meanwhile does not wait again", () => {
  const waits = fold([event(1, "handoff", { ticket: aTicket() }), event(2, "promise", { ticket: aTicket({ position: 1, promised_by: "2026-03-02T09:30:00Z" }) })]);
  const id = aTicket().id;
  expect(waits.tickets[id]).toMatchObject({ position: 1, promised_by: "2026-03-02T09:30:00Z" });
  expect(waits.items).toHaveLength(1);
  const taken = [event(3, "taken_over", { ticket_id: id, staff: { id: "s", name: "Anna" } }), event(4, "promise", { ticket: aTicket({ position: 2 }) })].reduce((talk, one) => take(talk, one, true), waits);
  expect(taken.tickets[id]?.state).toBe("taken");
});
