"""What a turn thinks with: the customers' systems, the rules, the articles as they stand, and how passages are found."""

from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial

from basics.clock import day_in
from basics.errors import Unavailable
from bot.as_of import without_days
from bot.finder import Finder
from bot.gather import NotesOf, UsesOf, find, gather_holdings, none_then, nothing_noted, of_chosen, picked_from
from bot.held import by_title
from bot.llm import LLM, Spent
from bot.offered import card_of
from bot.own import facts_about, stated
from bot.own_card import look_up_the_card
from bot.prefer import MOST, prefer
from bot.right import look_up_the_right
from bot.scope import beyond, out_of_scope_by_meaning
from bot.settings import Settings
from bot.several import kept_apart, lead_apart, of_all
from bot.steps import Evidence, Part, Request, Understood
from bot.thread import in_thread
from bot.understand import as_meant, dateless, likely_search, one_of_several, widen
from bot.watch import Watch
from customers.reservations import Reservations
from customers.rights import RuleBook
from customers.source import CustomerSource
from customers.source_carded import Carded
from customers.tag_book import load_tags
from customers.value import read_scheme
from knowledge.embedder import Embedder
from knowledge.index import Index
from knowledge.search import nearest_articles
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
        notes_of: NotesOf = nothing_noted,
    ) -> None:
        self.settings, self.finder = settings, Finder(embedder, index, worker)
        self.scheme = read_scheme(settings.value)
        self.source: CustomerSource = Carded(source, self.scheme) if self.scheme.card == "score" else source
        self.reservations, self.rules = reservations, rules
        self.worker, self.shelf = worker, shelf
        self.tag_book, self.notes_of = load_tags(settings.tags), notes_of

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

    def foresee(self, text: str, now: datetime) -> None:
        """Begin to embed a message that is only now being kept."""
        self.finder.ahead.begin(likely_search(without_days(as_meant(text, self.shelf.slips), day_in(now, self.settings.zone))))

    async def gather(
        self,
        request: Request,
        understood: Understood,
        uses_of: UsesOf,
        shelf: Shelf,
        finder: Finder,
        watch: Watch,
        model: LLM | None = None,
        spent: Spent | None = None,
    ) -> tuple[Understood, Evidence]:
        """Who asks and what they hold; then, where something is asked, the passages in force for them (and the question as it was searched)."""
        evidence = await self._holdings(request, understood, uses_of)
        if not understood.listed_right and (named := by_title(request, evidence, self.rules)) is not None:
            understood = understood.model_copy(update={"ask": "rights", "listed_right": named.id, "parts": ()})
            evidence = evidence.model_copy(update=picked_from(named.id, evidence))
        if understood.listed_right and evidence.asked_right is not None:
            picked, rule = evidence.asked_right, self.rules.rule(evidence.asked_right.rule_id)
            try:
                card = await card_of(picked, rule, evidence, self.reservations, request.conversation_id, request.now)
                evidence = evidence.model_copy(update={"card": card})
            except Unavailable:
                evidence = evidence.model_copy(update={"choices_unknown": True})
        if understood.ask not in ("question", "change"):
            watch.lap("gather")
            return understood, evidence
        understood = await in_thread(understood, request, shelf, finder, model, spent or Spent())
        understood = look_up_the_card(understood, evidence, self.scheme)
        facts = facts_about(understood.question, evidence, request.now)
        stands_alone = understood.vector is None  # else it leans on what was said before, and was completed
        asked = dateless(understood, evidence.today) if stands_alone and evidence.today is not None else understood
        widened = widen(asked, facts).model_copy(update={"question": understood.question})
        understood = look_up_the_right(widened, evidence)
        watch.lap("gather")
        if stands_alone:
            understood = understood.model_copy(update={"vector": await finder.ahead.vector(understood.searched)})
        watch.lap("embed")
        found = await finder.look(lambda index: find(understood, evidence, shelf, index))
        none = await finder.look(lambda index: none_then(understood, evidence, shelf, index, found)) if evidence.as_of else None
        outside = None
        if found and finder.outside is not None and understood.vector is not None and understood.about_article is None:
            outside = out_of_scope_by_meaning(understood.vector, found, beyond(shelf, finder.outside))
        found = prefer(found, understood, facts, stated(understood, evidence, request.now), most=len(found))
        chosen = of_chosen(found, understood.about_article) if understood.about_article is not None else None
        found = (chosen.found if chosen else found)[:MOST]
        parts = await self._parts(understood.parts, understood, evidence, request, shelf, finder) if understood.parts else ()
        watch.lap("search")
        update = {
            "found": of_all(parts) if parts else found,
            "parts": parts,
            "none_then": none,
            "out_of_scope": outside,
            "chosen_ahead": chosen and chosen.ahead,
        }
        return understood, evidence.model_copy(update=update)

    async def _parts(
        self, texts: Sequence[str], understood: Understood, evidence: Evidence, request: Request, shelf: Shelf, finder: Finder
    ) -> tuple[Part, ...]:
        """The questions of a message one by one, with what is found for each; nothing where they lead to one place."""
        vectors = await finder.ahead.vectors([likely_search(text) for text in texts])
        near = [await finder.look(partial(nearest_articles, shelf, vector=v, lang=understood.lang)) for v in vectors]
        apart = kept_apart(texts, near, understood.lang)
        if len(apart) < len(texts):
            return await self._parts(apart, understood, evidence, request, shelf, finder) if len(apart) > 1 else ()
        out: list[Part] = []
        for text, vector in zip(texts, vectors, strict=True):
            asked = one_of_several(understood, text)
            facts = facts_about(asked.question, evidence, request.now)
            asked = widen(asked, facts).model_copy(update={"vector": vector})
            found = await finder.look(partial(find, asked, evidence, shelf))
            out.append(Part(understood=asked, found=prefer(found, asked, facts, stated(asked, evidence, request.now))))
        return tuple(out) if lead_apart(out) else ()

    async def holdings(self, request: Request, uses_of: UsesOf) -> Evidence:
        """Who asks and what they hold, without a question."""
        nothing = Understood(lang=request.lang, ask="nothing", question="", terms=())
        return await self._holdings(request, nothing, uses_of)

    async def _holdings(self, request: Request, understood: Understood, uses_of: UsesOf) -> Evidence:
        zone, systems = self.settings.zone, (self.source, self.reservations)
        return await gather_holdings(request, understood, *systems, self.rules, uses_of, zone, self.tag_book, self.scheme, self.notes_of)
