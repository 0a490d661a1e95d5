"""Whether two sentences say much the same: what makes a removed answer gone for certain."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from knowledge.terms import terms_of

_SAME = 0.6  # of the weight of a sentence's terms: above it the other sentence may answer too


class Alike:
    """The sentences of a set of documents, as weighted terms; a term weighs the more the fewer sentences have it."""

    def __init__(self, documents: Mapping[str, Sequence[str]]) -> None:
        self._held = [(doc, frozenset(terms_of(sentence))) for doc, sentences in documents.items() for sentence in sentences]
        known = Counter(term for _, terms in self._held for term in terms)
        self._weight = {term: math.log(1 + len(self._held) / many) for term, many in known.items()}

    def elsewhere(self, sentence: str, doc: str) -> bool:
        """True if a sentence of another document holds most of what this one says."""
        terms = frozenset(terms_of(sentence))
        enough = _SAME * sum(self._weight.get(t, 0.0) for t in terms)
        return any(other != doc and sum(self._weight[t] for t in terms & held) >= enough for other, held in self._held)
