"""What the house is doing, in figures for Prometheus: counted in this process, and looked up in the store when asked.

Workers of one server (COUNTED_IN is set) count in files of one folder, so that whichever of them is asked tells the sum.

No label tells of a person or a conversation, and every label has a bounded set of values. docs/runbook.md says what each name means.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from basics.breaker import Breaker
from bot.greeting import Recognised
from bot.settings import Settings
from bot.steps import Thought
from customers.change import ProposalState
from customers.order import CHANGE_KINDS
from desk.conversation import Reply
from store.counts import Counts
from store.offers import STATES

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside each counter that nobody reads
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"  # of the process's environment, before this file is imported: prometheus_client decides by it
TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STAGES = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_TURNS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OPEN_CONVERSATIONS = ("bot", "waiting", "staff")
PROPOSALS = get_args(ProposalState)
OFFERS = STATES
MAILS = ("waiting", "sending", "sent", "dead", "dropped")


@dataclass(frozen=True)
class Seen:
    """The house at one moment; `counts` is None where the store did not answer."""

    counts: Counts | None
    embedder: str
    revision: int
    passages: int
    model: str
    breaker: Breaker | None
    index_is_up: bool


class Figures(Collector):
    """The counters of one process, or of the workers of one server together, and the last look at the house."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry = CollectorRegistry()
        self._seen: Seen | None = None
        to = self._registry
        self._turns = Counter("concierge_turns_total", "Turns that ended, by what was decided.", ("decision", "basis", "lang"), registry=to)
        self._stopped = Counter("concierge_turns_stopped_total", "Turns that an error or the time limit ended.", registry=to)
        self._turn_seconds = Histogram("concierge_turn_seconds", "From a turn's begin to its kept reply.", buckets=_TURNS, registry=to)
        self._stage_seconds = Histogram("concierge_stage_seconds", "One step of a turn.", ("stage",), buckets=_STAGES, registry=to)
        self._tokens = Counter("concierge_model_tokens_total", "Tokens read (in) and written (out).", ("model", "direction"), registry=to)
        self._cost = Counter("concierge_model_cost_total", "What they cost, by the settings' prices.", ("model",), registry=to)
        self._requests = Counter("concierge_http_requests_total", "Requests that were answered.", ("method", "route", "status"), registry=to)
        greeted = "Conversations opened by a valued traveller: whether they were greeted as one, or nobody could tell if they are one."
        self._greeted = Counter("concierge_greeted_total", greeted, ("recognised",), registry=to)
        self._failures = Counter("concierge_model_failures_total", "Calls of the model that failed.", ("model",), registry=to)
        opened = "1 while nobody asks the model (in one worker at least)."
        self._opened = Gauge("concierge_model_breaker_open", opened, ("model",), registry=to, multiprocess_mode="livemax")
        self._failures_told = 0
        self._all = self._registry
        if os.environ.get(COUNTED_IN):
            self._all = CollectorRegistry()
            MultiProcessCollector(self._all)  # type: ignore[no-untyped-call]
        self._all.register(self)

    def turn(self, reply: Reply | None, thought: Thought | None, seconds: float, stopped: bool) -> None:
        """A turn has ended: with this reply (None: silent, somebody else has the floor), after this thought (None: another worker's, or none)."""
        decision, basis, lang = (reply.kind, reply.basis, reply.lang) if reply else ("silent", "none", "none")
        self._turns.labels(decision, basis, lang).inc()
        self._turn_seconds.observe(seconds)
        if stopped:
            self._stopped.inc()
        if thought is not None:
            for stage, ms in thought.stage_ms.items():
                self._stage_seconds.labels(stage).observe(ms / 1000)
            self._spent(thought)

    def greeted(self, recognised: Recognised | None) -> None:
        """A conversation was opened and greeted; None: by nobody who is valued."""
        if recognised is not None:
            self._greeted.labels(recognised).inc()

    def request(self, method: str, route: str, status: int) -> None:
        """A request was answered; `route` is the template, never the address."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()

    def model(self, name: str, breaker: Breaker) -> None:
        """How the model does, as its breaker has it."""
        self._failures.labels(name).inc(breaker.ever - self._failures_told)
        self._failures_told = breaker.ever
        self._opened.labels(name).set(breaker.is_open)

    def exposed(self, seen: Seen) -> bytes:
        """Everything, as Prometheus reads it."""
        self._seen = seen
        if seen.breaker is not None:
            self.model(seen.model, seen.breaker)
        return generate_latest(self._all)

    def describe(self) -> Iterable[Metric]:
        """Nothing yet: what is looked up has no value before the first look."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """What the last look saw."""
        seen = self._seen
        if seen is None:
            return
        base = InfoMetricFamily("concierge_base", "The embedder and the base's revision that answers rest on.")
        base.add_metric((), {"embedder": seen.embedder, "revision": str(seen.revision)})
        yield base
        yield _gauge("concierge_passages", "Passages that can be cited.", seen.passages)
        yield _gauge("concierge_index_up", "0 while search does without the index, because its server is away.", seen.index_is_up)
        yield _gauge("concierge_database_up", "1 if the database answered this scrape.", seen.counts is not None)
        if seen.counts is not None:
            yield from self._of_the_store(seen.counts)

    def _of_the_store(self, counts: Counts) -> Iterable[Metric]:
        yield _gauge("concierge_tickets_waiting", "Tickets nobody has taken.", counts.waiting)
        yield _gauge("concierge_tickets_late", "Waiting tickets whose promised time has passed.", counts.late)
        yield _gauge("concierge_tickets_longest_wait_seconds", "How long the oldest waiting ticket has waited.", counts.longest_wait)
        talks = GaugeMetricFamily("concierge_conversations_open", "Conversations that are not closed.", labels=("state",))
        for state in OPEN_CONVERSATIONS:
            talks.add_metric((state,), counts.conversations.get(state, 0))
        yield talks
        offers = GaugeMetricFamily("concierge_proposals", "Proposals.", labels=("kind", "state"))
        for kind, state in product((*CHANGE_KINDS, "undo"), PROPOSALS):
            offers.add_metric((kind, state), counts.proposals.get((kind, state), 0))
        yield offers
        unasked = GaugeMetricFamily("concierge_offers", "Offers that nobody asked for.", labels=("state",))
        for state in OFFERS:
            unasked.add_metric((state,), counts.offers.get(state, 0))
        yield unasked
        mails = GaugeMetricFamily("concierge_outbox", "E-mails.", labels=("state",))
        for state in MAILS:
            mails.add_metric((state,), counts.outbox.get(state, 0))
        yield mails
        yield _gauge("concierge_moments_waiting", "Moments that nobody has dealt with.", counts.moments_waiting)
        yield _gauge("concierge_model_tokens_today", "Tokens that all workers used today.", counts.tokens_today)
        yield _gauge("concierge_model_tokens_a_day", "Tokens that may be used a day; 0 is no limit.", self._settings.model_tokens_a_day)

    def _spent(self, thought: Thought) -> None:
        spent, settings = thought.spent, self._settings
        if spent.model:
            self._tokens.labels(spent.model, "in").inc(spent.tokens_in)
            self._tokens.labels(spent.model, "out").inc(spent.tokens_out)
            cost = (spent.tokens_in * settings.model_price_in + spent.tokens_out * settings.model_price_out) / 1_000_000
            self._cost.labels(spent.model).inc(cost)


def forget(counted: Path, pid: int) -> None:
    """A worker that counted in this folder is gone: what it saw is past (the breaker that it had opened), what it counted stays."""
    mark_process_dead(pid, str(counted))  # type: ignore[no-untyped-call]


def _gauge(name: str, means: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, means, value=float(value))
