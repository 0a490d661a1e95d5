"""Traces: a span a step, one for each time a model is asked, and nothing in any of them of who asked what."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot import traces
from tests.bot.a_model import a_model_server, guarded
from tests.house import Served


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Where spans go during a story; the house turns traces off as it is assembled, so ask for it first."""
    kept = InMemorySpanExporter()
    yield kept
    traces.send_to(None)


async def test_a_turn_is_a_trace_of_its_steps(house: Served, spans: InMemorySpanExporter) -> None:
    """Each step is a span under the turn's own, in order, one trace a turn; nobody's words, names or ids are in them."""
    traces.send_to(spans, at_once=True)
    chat = await house.chat("lin-gold")
    question = "How many bags can I check in with passport E12345678?"
    await chat.say(question)
    await chat.say("Can I change my return flight?")
    told = spans.get_finished_spans()
    turns = [s for s in told if s.name == "concierge.turn"]
    assert len(turns) == 2 and turns[0].context.trace_id != turns[1].context.trace_id
    steps = [s for s in told if s.parent and s.parent.span_id == turns[0].context.span_id]
    assert [s.name.removeprefix("concierge.") for s in steps] == [
        "understand",
        "gather",
        "embed",
        "search",
        "compose",
        "ground",
        "confidence",
        "decide",
    ]
    assert all(a.end_time == b.start_time for a, b in pairwise(steps))
    said = "".join(s.to_json() for s in told)
    for private in (question, "bags", "E12345678", "lin-gold", "Lin", chat.id, chat.opened["token"]):
        assert private not in said


async def test_a_model_that_is_asked_is_a_span_without_content(make_house: Any, spans: InMemorySpanExporter) -> None:
    """Name, kind and tokens of a call stand in its span, in the turn's trace; prompts and words do not. A failure shows its kind only."""
    async with a_model_server() as server:
        house = await make_house(model=guarded(server), judge_from=0.0, judge_to=0.0)
        traces.send_to(spans, at_once=True)
        chat = await house.chat("lin-gold")
        await chat.say("How many bags can I check in?")
        (turn,) = [s for s in spans.get_finished_spans() if s.name == "concierge.turn"]
        calls = [s for s in spans.get_finished_spans() if s.name.startswith("chat ")]
        assert calls and all(s.context.trace_id == turn.context.trace_id for s in calls)
        for call in calls:
            assert set(call.attributes or {}) == {
                "gen_ai.operation.name", "gen_ai.request.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"
            }  # fmt: skip
        server.mode = "broken"
        spans.clear()
        await chat.say("How many bags can I check in?")
        failed = [s for s in spans.get_finished_spans() if s.name.startswith("chat ")]
        assert failed and failed[0].attributes and failed[0].attributes["error.type"] == "ModelFailed"
        assert not any(w in s.to_json() for s in failed for w in ("secret-of-the-server", "bags", "lin-gold"))


async def test_a_turn_that_stops_is_a_trace_that_says_what_kind_of_error(house: Served, spans: InMemorySpanExporter) -> None:
    """The steps it did are there, the turn's own span is marked, and of the error only its kind is told."""
    traces.send_to(spans, at_once=True)
    chat = await house.chat("lin-gold")
    question = "How many bags can I check in with passport E12345678?"

    class Broken:
        async def vector(self, text: str) -> None:
            raise LookupError(f"cannot embed {text!r} ({question})")

        def begin(self, text: str) -> None:
            """Nothing is done ahead."""

    house.house.mind.finder.ahead = Broken()  # type: ignore[assignment]
    reply = await chat.say(question)
    told = spans.get_finished_spans()
    assert reply["kind"] == "handoff" and [s.name.removeprefix("concierge.") for s in told] == ["understand", "gather", "turn"]
    turn = told[-1]
    assert turn.attributes == {"error.type": "LookupError"} and not turn.status.is_ok and not turn.status.description and not turn.events
    assert not any(word in s.to_json() for s in told for word in ("bags", "E12345678", "lin-gold"))


async def test_without_the_extra_nothing_happens_but_a_line_in_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """An endpoint without the package is told once, and turns go on."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.grpc.trace_exporter", None)
    with caplog.at_level(logging.WARNING, "concierge.traces"):
        traces.set_up("http://127.0.0.1:4317")
    assert "[otel]" in caplog.text
    turn = traces.Turn()
    turn.step("understand")
    await asyncio.sleep(0)


async def test_they_are_off_by_default(house: Served, spans: InMemorySpanExporter) -> None:
    """Without an endpoint there is no tracer at all."""
    await (await house.chat()).say("hello")
    assert traces._tracer is None and spans.get_finished_spans() == ()
