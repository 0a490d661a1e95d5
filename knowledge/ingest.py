"""Ingestion, the part that decides: which files are new, changed, unchanged, gone or refused. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from basics.words import words
from knowledge.article import Article, ArticleKey, ArticleRefused
from knowledge.cut import misplaced_ask
from knowledge.documents import read_document
from knowledge.precheck import KINDS, admitted
from knowledge.readers import read_markdown

MARKDOWN = (".md", ".markdown")
ENDINGS = (*MARKDOWN, *KINDS)


class Kept(Protocol):
    """What is known of a version from an earlier ingestion."""

    @property
    def text_hash(self) -> str:
        """Fingerprint of title and body."""
        ...

    @property
    def content_hash(self) -> str:
        """Fingerprint of everything."""
        ...

    @property
    def origin(self) -> str:
        """The folder it came from."""
        ...

    @property
    def file(self) -> str:
        """The file in it."""
        ...

    @property
    def withdrawn(self) -> bool:
        """Taken off the shelf."""
        ...


class Refusal(BaseModel, frozen=True):
    """A file that was not taken: where and why."""

    file: str
    line: int
    why: str
    why_zh: str = ""

    @classmethod
    def of(cls, no: ArticleRefused) -> "Refusal":
        """The refusal that this error tells."""
        return cls(file=shown(no.file), line=no.line, why=no.why.en, why_zh=no.why.zh)


class Change(BaseModel, frozen=True):
    """What the text or the fields of one article version differ in from what stands in the base; lines begin with + or -."""

    name: str
    against: str
    lines: tuple[str, ...]


class Contested(BaseModel, frozen=True):
    """A sentence that says otherwise than one that stands: what in, and both as `file:line` with their words; `article` is the newer one."""

    kind: str
    article: ArticleKey
    place: str
    says: str
    against: ArticleKey
    against_place: str
    against_says: str
    accepted: bool = False


class Read(BaseModel, frozen=True):
    """An article and the file it came from."""

    article: Article
    origin: str
    file: str


class Report(BaseModel, frozen=True):
    """What an ingestion did, or (dry) would do; names are `id (lang, version)`."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    changes: tuple[Change, ...] = ()
    """Only where asked for."""
    contested: tuple[Contested, ...] = ()
    """Contradictions that were found, whether the newer article was refused for them or they were accepted."""
    revision: int | None = None
    """Of the base afterwards."""


class Plan(BaseModel, frozen=True):
    """The report, with what has to be kept and withdrawn to make it true."""

    report: Report
    keep: tuple[Read, ...]
    withdraw: tuple[ArticleKey, ...]


def read_paths(paths: Iterable[Path]) -> tuple[list[Read], list[Refusal], set[str]]:
    """Every article below these paths, every refusal, and the folders that were read whole (what is missing there is gone)."""
    read: list[Read] = []
    refused: list[Refusal] = []
    folders: set[str] = set()
    seen: dict[ArticleKey, str] = {}
    for path in (p.resolve() for p in paths):
        files, origin = _files(path, refused)
        if path.is_dir() and files:
            folders.add(origin)
        for file in files:
            name = str(file.relative_to(origin))
            try:
                articles, no = _articles(file, Path(origin), name)
            except ArticleRefused as whole:
                articles, no = [], [whole]
            refused += map(Refusal.of, no)
            for article in articles:
                if article.key in seen:
                    refused.append(Refusal.of(_twice(article, name, seen[article.key])))
                    continue
                seen[article.key] = name
                read.append(Read(article=article, origin=origin, file=name))
    return read, refused, folders


def _articles(file: Path, root: Path, name: str) -> tuple[list[Article], list[ArticleRefused]]:
    admitted(file, root, name)
    articles, no = ([read_markdown(file, name)], []) if file.suffix.lower() in MARKDOWN else read_document(file, root, name)
    for article in articles:
        lost = misplaced_ask(article)
        if lost is not None:
            says = lost.says
            raise ArticleRefused(name, 1, words(f"'asks' says {says!r}, but no sentence, list item or table row below holds these words",
                                                f"'asks' 中的 {says!r} 在正文的句子、列表项或表格行里都找不到"))  # fmt: skip
    return articles, no


def _twice(article: Article, name: str, first: str) -> ArticleRefused:
    told = f"'{article.id}' ({article.lang}, version {article.version})"
    return ArticleRefused(name, 1, words(f"{told} stands in {first} already", f"{told} 已在 {first} 中"))


def plan(read: Sequence[Read], refused: Sequence[Refusal], folders: set[str], kept: Mapping[ArticleKey, Kept]) -> Plan:
    """Compare what was read with what is kept. A refused file keeps what it gave before; an empty folder removes nothing."""
    keep: list[Read] = []
    said: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    no = list(refused)
    for one in read:
        known = kept.get(one.article.key)
        if known is not None and known.text_hash != one.article.text_hash:  # of a withdrawn version too: a receipt may quote it
            version = one.article.version
            en = f"the text has changed but the version is still {version}; give it version {version + 1} with 'supersedes: {version}'"
            zh = f"正文已改，但版本仍为 {version}；请改为版本 {version + 1} 并写上 'supersedes: {version}'"
            no.append(Refusal(file=one.file, line=1, why=en, why_zh=zh))
        elif known is None or known.withdrawn:
            said["added"].append(name_of(one.article.key))
            keep.append(one)
        elif known.content_hash == one.article.content_hash:
            said["unchanged"].append(name_of(one.article.key))
        else:
            said["changed"].append(name_of(one.article.key))
            keep.append(one)
    files = {(r.origin, r.file) for r in read}
    given = {(r.origin, r.file, r.article.id, r.article.lang) for r in read}
    broken = {r.file for r in no}

    def is_gone(key: ArticleKey, known: Kept) -> bool:
        if (known.origin, known.file) in files:  # a list of answers may have lost a row; of an article that stays, older versions stay
            return (known.origin, known.file, key[0], key[1]) not in given
        return known.origin in folders

    withdraw = tuple(key for key, known in kept.items() if not known.withdrawn and known.file not in broken and is_gone(key, known))
    report = Report(
        added=tuple(said["added"]),
        changed=tuple(said["changed"]),
        unchanged=tuple(said["unchanged"]),
        removed=tuple(map(name_of, withdraw)),
        refused=tuple(no),
    )
    return Plan(report=report, keep=tuple(keep), withdraw=withdraw)


def name_of(key: ArticleKey) -> str:
    """An article version as people read it."""
    return f"{key[0]} ({key[1]}, version {key[2]})"


def shown(name: str) -> str:
    """A file's name as it may be printed: on one line, and of characters that can be written."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in name)


def _files(path: Path, refused: list[Refusal]) -> tuple[list[Path], str]:
    if path.is_dir():
        try:
            return sorted(p for p in path.rglob("*") if _is_ours(p.relative_to(path)) and not p.is_dir()), str(path)
        except OSError as wrong:
            no = words(f"the folder cannot be read: {wrong.strerror}", f"无法读取文件夹：{wrong.strerror}")
            refused.append(Refusal.of(ArticleRefused(str(path), 1, no)))
            return [], str(path)
    if path.exists() and path.suffix.lower() in ENDINGS:
        return [path], str(path.parent)
    endings = ", ".join(ENDINGS)
    is_there = path.exists()
    en = f"only {endings} files are read" if is_there else "there is no such file or folder"
    zh = f"只能读取 {endings} 文件" if is_there else "没有这样的文件或文件夹"
    refused.append(Refusal.of(ArticleRefused(str(path), 1, words(en, zh))))
    return [], str(path)


def _is_ours(name: Path) -> bool:
    """A file to be read; hidden ones (an editor's, a version control's, a mounted volume's second copy) and Word's locks are not."""
    return name.suffix.lower() in ENDINGS and not name.name.startswith("~$") and not any(part.startswith(".") for part in name.parts)
