"""What a turn thinks with: the customers' systems, the rules, the articles as they stand, and how passages are found."""

from concurrent.futures import Executor

from bot.finder import Finder
from bot.gather import UsesOf, find, gather_holdings
from bot.own import facts_about, stated
from bot.prefer import prefer
from bot.right import look_up_the_right
from bot.settings import Settings
from bot.steps import Evidence, Request, Understood
from bot.understand import likely_search, widen
from bot.watch import Watch
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

    async def gather(
        self, request: Request, understood: Understood, uses_of: UsesOf, shelf: Shelf, finder: Finder, watch: Watch
    ) -> tuple[Understood, Evidence]:
        """Who asks and what they hold; then, where something is asked, the passages in force for them (and the question as it was searched)."""
        evidence = await gather_holdings(request, understood, self.source, self.reservations, self.rules, uses_of, self.settings.zone)
        if understood.ask not in ("question", "change"):
            watch.lap("gather")
            return understood, evidence
        facts = facts_about(understood.question, evidence, request.now)
        understood = look_up_the_right(widen(understood, facts), evidence)
        watch.lap("gather")
        understood = understood.model_copy(update={"vector": await finder.ahead.vector(understood.searched)})
        watch.lap("embed")
        found = await finder.look(lambda index: find(understood, evidence, shelf, index))
        found = prefer(found, understood, facts, stated(understood, evidence, request.now))
        watch.lap("search")
        return understood, evidence.model_copy(update={"found": found})

    async def holdings(self, request: Request, uses_of: UsesOf) -> Evidence:
        """Who asks and what they hold, without a question."""
        nothing = Understood(lang=request.lang, ask="nothing", question="", terms=())
        return await gather_holdings(request, nothing, self.source, self.reservations, self.rules, uses_of, self.settings.zone)
