"""Turns as OpenTelemetry traces: a span a step, and one for each time a model is asked. Names, times and token counts; never what anybody said.

Off unless CONCIERGE_OTEL_ENDPOINT is set; where the extra [otel] is missing it stays off and says so once. Nothing is made global: the spans of
libraries, which may hold content, go nowhere.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

log = logging.getLogger("concierge.traces")
_PATIENCE = 5  # seconds that the collector gets; what it does not take is dropped
_LAST = "decide"
_tracer: "Tracer | None" = None


class Counted(Protocol):
    """Tokens used until now."""

    tokens_in: int
    tokens_out: int


def set_up(endpoint: str) -> None:
    """Send spans to the collector at `endpoint` (OTLP over gRPC, http://host:4317); an empty one turns them off."""
    if not endpoint:
        send_to(None)
        return
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: F401 - the other half of the extra
    except ImportError:
        log.warning("CONCIERGE_OTEL_ENDPOINT is set, but the extra [otel] is not installed: there are no traces")
        return
    send_to(OTLPSpanExporter(endpoint=endpoint, timeout=_PATIENCE))


def send_to(exporter: "SpanExporter | None", at_once: bool = False) -> None:
    """Send spans to this exporter, in batches or `at_once`; None turns them off."""
    global _tracer
    if exporter is None:
        _tracer = None
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    provider = TracerProvider(resource=Resource({"service.name": "travel-concierge"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("concierge")


class Turn:
    """The trace of one turn, from its first step to its last; what this task asks a model afterwards belongs to it too."""

    def __init__(self) -> None:
        self._span: Span | None = None
        self._since = time.time_ns()
        if _tracer is not None:
            from opentelemetry.context import attach
            from opentelemetry.trace import set_span_in_context

            self._span = _tracer.start_span("concierge.turn", context=_nothing_above(), start_time=self._since)
            attach(set_span_in_context(self._span))  # never detached: a turn has a task, and so a context, of its own

    def step(self, name: str) -> None:
        """A step has ended now; it began when the one before it ended."""
        if self._span is None or _tracer is None:
            return
        from opentelemetry.trace import set_span_in_context

        now = time.time_ns()
        _tracer.start_span(f"concierge.{name}", context=set_span_in_context(self._span), start_time=self._since).end(now)
        self._since = now
        if name == _LAST:
            self._span.end(now)

    def stopped(self, kind: type[BaseException]) -> None:
        """The turn went no further; what kind of error it was stands in its span, never its text."""
        if self._span is None or not self._span.is_recording():
            return
        from opentelemetry.trace import Status, StatusCode

        self._span.set_attribute("error.type", kind.__name__)
        self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


@contextmanager
def asked(model: str, spent: Counted) -> Iterator[None]:
    """A model is asked; how many tokens that took is noted at the end, and the kind of error if it failed."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode

    before = (spent.tokens_in, spent.tokens_out)
    span = _tracer.start_span(f"chat {model}", kind=SpanKind.CLIENT, attributes={"gen_ai.operation.name": "chat", "gen_ai.request.model": model})
    try:
        yield
    except Exception as wrong:
        span.set_attribute("error.type", type(wrong).__name__)  # never its text
        span.set_status(Status(StatusCode.ERROR))
        raise
    finally:
        span.set_attribute("gen_ai.usage.input_tokens", spent.tokens_in - before[0])
        span.set_attribute("gen_ai.usage.output_tokens", spent.tokens_out - before[1])
        span.end()


def _nothing_above() -> "Context":
    """An empty context: a turn begins a trace, whatever its task was copied from."""
    from opentelemetry.context import Context

    return Context()
