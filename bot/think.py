"""A turn thought through: understand, gather, compose, ground, confidence, decide, and only then words. Nothing is written here."""

import time
from concurrent.futures import Executor
from types import TracebackType

from bot import traces
from bot.act import propose
from bot.compose import compose
from bot.confidence import estimate
from bot.decide import decide
from bot.finder import Finder
from bot.gather import UsesOf, find, gather_holdings
from bot.ground import ground
from bot.llm import LLM, Spent
from bot.own import facts_about, stated
from bot.prefer import prefer
from bot.right import look_up_the_right
from bot.settings import Settings
from bot.speak import speak
from bot.steps import Draft, Evidence, Grounding, Request, Thought, Understood
from bot.understand import likely_search, understand, widen
from bot.verdict import is_unsure, with_verdict
from customers.reservations import Reservations
from customers.rights import RuleBook
from customers.source import CustomerSource
from knowledge.embedder import Embedder
from knowledge.index import Index
from knowledge.shelf import Shelf


class Mind:
    """What thinking needs: the grounds it stands on and the settings it is bound by. One worker thread embeds and searches."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        index: Index,
        source: CustomerSource,
        reservations: Reservations,
        rules: RuleBook,
        worker: Executor,
        shelf: Shelf,
    ) -> None:
        self.settings, self.finder = settings, Finder(embedder, index, worker)
        self.source, self.reservations, self.rules = source, reservations, rules
        self.worker, self.shelf = worker, shelf

    @property
    def embedder(self) -> Embedder:
        """The one that turns which begin now use."""
        return self.finder.embedder

    @property
    def index(self) -> Index:
        """The index of its vectors."""
        return self.finder.index

    def read_from(self, embedder: Embedder, index: Index, shelf: Shelf) -> None:
        """Turns that begin from now on use these; those that run end with what they began with."""
        if embedder is not self.finder.embedder or index is not self.finder.index:
            self.finder = Finder(embedder, index, self.worker)
        self.shelf = shelf

    def foresee(self, text: str) -> None:
        """Begin to embed a message that is only now being kept."""
        self.finder.ahead.begin(likely_search(text))

    async def think(self, request: Request, uses_of: UsesOf, model: LLM | None = None) -> Thought:
        """One turn, message to decision to words; a `model` is asked for its verdict where the house is unsure."""
        shelf, finder = self.shelf, self.finder  # one snapshot throughout: an ingestion meanwhile changes the next turn, not this one
        with finder.in_use(), _Watch() as watch:
            return await self._thought(request, uses_of, model, shelf, finder, watch)

    async def _thought(self, request: Request, uses_of: UsesOf, model: LLM | None, shelf: Shelf, finder: Finder, watch: "_Watch") -> Thought:
        understood = understand(request)
        watch.lap("understand")
        holdings = gather_holdings(request, understood, self.source, self.reservations, self.rules, uses_of, self.settings.zone)
        if understood.ask in ("question", "change"):
            evidence = await holdings
            facts = facts_about(understood.question, evidence, request.now)
            understood = look_up_the_right(widen(understood, facts), evidence)
            watch.lap("gather")
            understood = understood.model_copy(update={"vector": await finder.ahead.vector(understood.searched)})
            watch.lap("embed")
            found = await finder.look(lambda index: find(understood, evidence, shelf, index))
            evidence = evidence.model_copy(update={"found": prefer(found, understood, facts, stated(understood, evidence, request.now))})
            watch.lap("search")
        else:
            evidence = await holdings
            watch.lap("gather")
        thought = await self._concluded(request, understood, evidence, shelf, watch, model)
        return thought.model_copy(update={"embedder": finder.embedder.fingerprint})

    async def holdings(self, request: Request, uses_of: UsesOf) -> Evidence:
        """Who asks and what they hold, without a question."""
        nothing = Understood(lang=request.lang, ask="nothing", question="", terms=())
        return await gather_holdings(request, nothing, self.source, self.reservations, self.rules, uses_of, self.settings.zone)

    async def _concluded(
        self, request: Request, understood: Understood, evidence: Evidence, shelf: Shelf, watch: "_Watch", model: LLM | None
    ) -> Thought:
        spent = Spent()
        draft = compose(request, understood, evidence, shelf) if evidence.found or evidence.asked_right else Draft(sentences=())
        watch.lap("compose")
        grounding: Grounding = ground(draft, evidence)
        watch.lap("ground")
        confidence = estimate(understood, evidence, grounding, shelf)
        if model is not None and understood.ask == "question" and is_unsure(confidence, self.settings):
            confidence = await with_verdict(understood, grounding, confidence, model, spent, self.settings)
            watch.lap("verdict")
        decision = decide(request, understood, evidence, grounding, confidence, self.settings)
        sentences, citations, choices = speak(request, understood, evidence, grounding, decision, shelf)
        proposal = propose(request, evidence) if decision.kind == "proposal" else None
        watch.lap("decide")
        return Thought(
            request=request,
            understood=understood,
            evidence=evidence,
            draft=draft,
            grounding=grounding,
            confidence=confidence,
            decision=decision,
            sentences=sentences,
            citations=citations,
            choices=choices,
            proposal=proposal,
            base_revision=shelf.revision,
            spent=spent,
            stage_ms=watch.laps,
        )


class _Watch:
    """How long each step took, in milliseconds; each is a span as well, where traces are on."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._trace = traces.Turn()
        self._since = time.perf_counter()

    def __enter__(self) -> "_Watch":
        return self

    def __exit__(self, kind: type[BaseException] | None, _wrong: BaseException | None, _trace: TracebackType | None) -> None:
        if kind is not None:
            self._trace.stopped(kind)

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._since) * 1000, 2)
        self._since = now
        self._trace.step(name)
