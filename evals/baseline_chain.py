"""The plain LangChain way over the same articles: pieces of 1,000 characters, the four nearest, stuffed into one prompt for the same model.

It knows no readers, dates or versions: every file of the folder is in its store. Without a model it only finds.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.prompts import PromptTemplate
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from basics.ids import fingerprint
from bot.library import ship_vectors, shipped_vectors
from bot.llm import GuardedLLM, ModelFailed, Spent
from bot.prompt import Prompt
from evals.bots import CHAIN, Said, needless
from evals.case import Case
from evals.scorers import cites, right, uncarried
from knowledge.article import Article
from knowledge.embedder import Embedder, Vectors

Progress = Callable[[int, int], None]
PIECE, OVERLAP, NEAREST = 1_000, 200, 4
_BATCH = 16
_MOST_TOKENS = 400
_STUFF = PromptTemplate.from_template(  # the one that every tutorial has
    "Use the following pieces of context to answer the question at the end. If you don't know the answer, just say that you don't know, "
    "don't try to make up an answer. Answer in the language of the question.\n\n{context}\n\nQuestion: {question}\nHelpful Answer:"
)
_UNKNOWN = re.compile(
    r"(?:do not|don['’]t) know|(?:is|are) not (?:mentioned|specified|provided)|no information|cannot (?:be determined|answer)"
    r"|不知道|不清楚|无法(?:回答|确定)|没有(?:提到|提及|说明|相关)|未(?:提到|提及|说明)",
    re.I,
)


class OurEmbeddings(Embeddings):
    """An Embedder of ours as LangChain wants it; what stands in `file` of the same model is not embedded again."""

    def __init__(self, embedder: Embedder, file: Path | None = None, told: Progress = lambda done, of: None) -> None:
        self._embedder, self._file, self._told = embedder, file, told

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of pieces, those embedded before from the file."""
        known: dict[str, Vectors] = shipped_vectors(self._embedder.fingerprint, self._file) if self._file else {}
        new = [text for text in dict.fromkeys(texts) if fingerprint(text) not in known]
        for at in range(0, len(new), _BATCH):
            batch = new[at : at + _BATCH]
            known |= dict(zip(map(fingerprint, batch), self._embedder.passages(batch), strict=True))
            self._told(at + len(batch), len(new))
        if new and self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            ship_vectors(self._embedder.fingerprint, known, self._file)
        return [known[fingerprint(text)].astype(float).tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return [float(v) for v in self._embedder.question(text)]


class Chain:
    """Retriever and stuff prompt over these articles."""

    def __init__(self, articles: Sequence[Article], embedder: Embedder, file: Path | None = None, told: Progress = lambda done, of: None) -> None:
        splitter = RecursiveCharacterTextSplitter(chunk_size=PIECE, chunk_overlap=OVERLAP)
        whole = [Document(f"# {a.title}\n\n{a.body}", metadata={"article": a.id, "version": a.version}) for a in articles]
        self._store = InMemoryVectorStore.from_documents(splitter.split_documents(whole), OurEmbeddings(embedder, file, told))

    async def said(self, case: Case, model: GuardedLLM | None) -> Said:
        """One case: what it finds and, with a model, what it says to it. It cites what the nearest piece was cut from."""
        found = self._store.similarity_search_with_score(case.question, k=NEAREST)
        pieces = [piece for piece, _ in found]
        articles, versions = [str(p.metadata["article"]) for p in pieces], [int(p.metadata["version"]) for p in pieces]
        only_found = Said(
            who=CHAIN,
            case=case,
            sent=None,
            right=None,
            first=bool(articles) and articles[0] in case.articles,
            among=bool(set(articles) & set(case.articles)),
            score=found[0][1] if found else 0.0,
        )
        if model is None:
            return only_found
        text = await _stuffed(case.question, [p.page_content for p in pieces], model)
        sent = bool(text) and _UNKNOWN.search(text) is None
        ok = case.answerable and cites(case, articles[:1], versions[:1]).ok and right(case, text).ok
        figures = uncarried(case, text, [p.page_content for p in pieces]) if sent else ()
        # It has nobody to hand over to; saying that it does not know counts as a hand-over, to be fair.
        return only_found.model_copy(update={"sent": sent, "right": ok, "needless": needless(case, sent), "figures": figures, "text": text})


async def _stuffed(question: str, pieces: Sequence[str], model: GuardedLLM) -> str:
    """What the model says to the pieces and the question; nothing where it fails."""
    asked = _STUFF.format(context="\n\n".join(pieces), question=question)
    prompt = Prompt(name="stuff", hash=fingerprint(_STUFF.template)[:16], system="You are a helpful assistant.", asked=asked)
    try:
        return "".join([piece async for piece in model.write(prompt, _MOST_TOKENS, Spent())]).strip()
    except ModelFailed:
        return ""
