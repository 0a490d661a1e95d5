"""Ingestion, the part that decides: which files are new, changed, unchanged, gone or refused. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from knowledge.article import Article, ArticleKey, ArticleRefused
from knowledge.cut import misplaced_ask
from knowledge.readers import read_markdown

ENDINGS = (".md", ".markdown")


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
            name = str(file.relative_to(origin)) if path.is_dir() else file.name
            try:
                article = read_markdown(file, name)
                lost = misplaced_ask(article)
                if lost is not None:
                    raise ArticleRefused(name, 1, f"'asks' says {lost.says!r}, but no sentence, list item or table row below holds these words")
                if article.key in seen:
                    raise ArticleRefused(name, 1, f"'{article.id}' ({article.lang}, version {article.version}) stands in {seen[article.key]} already")
            except ArticleRefused as no:
                refused.append(Refusal(file=no.file, line=no.line, why=no.why))
                continue
            seen[article.key] = name
            read.append(Read(article=article, origin=origin, file=name))
    return read, refused, folders


def plan(read: Sequence[Read], refused: Sequence[Refusal], folders: set[str], kept: Mapping[ArticleKey, Kept]) -> Plan:
    """Compare what was read with what is kept. A refused file keeps what it gave before; an empty folder removes nothing."""
    keep: list[Read] = []
    said: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    no = list(refused)
    for one in read:
        known = kept.get(one.article.key)
        if known is None or known.withdrawn:
            said["added"].append(name_of(one.article.key))
            keep.append(one)
        elif known.content_hash == one.article.content_hash:
            said["unchanged"].append(name_of(one.article.key))
        elif known.text_hash != one.article.text_hash:
            version = one.article.version
            why = f"the text has changed but the version is still {version}; give it version {version + 1} with 'supersedes: {version}'"
            no.append(Refusal(file=one.file, line=1, why=why))
        else:
            said["changed"].append(name_of(one.article.key))
            keep.append(one)
    files = {(r.origin, r.file) for r in read}
    broken = {r.file for r in no}
    withdraw = tuple(
        key
        for key, known in kept.items()
        if not known.withdrawn and known.origin in folders and (known.origin, known.file) not in files and known.file not in broken
    )
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


def _files(path: Path, refused: list[Refusal]) -> tuple[list[Path], str]:
    if path.is_dir():
        try:
            return sorted(p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file()), str(path.resolve())
        except OSError as wrong:
            refused.append(Refusal(file=str(path), line=1, why=f"the folder cannot be read: {wrong.strerror}"))
            return [], str(path)
    if path.is_file() and path.suffix.lower() in ENDINGS:
        return [path], str(path.resolve().parent)
    why = "there is no such file or folder" if not path.exists() else f"only {', '.join(ENDINGS)} files are read"
    refused.append(Refusal(file=str(path), line=1, why=why))
    return [], str(path)
