"""Our own articles, asked what is not our subject: banking, kitchens, cars, homes and other things, from CLINC150."""

from random import Random

from basics.errors import SettingsWrong
from bot.settings import Settings
from evals.builders.built import Built, rows_of
from evals.case import Case
from evals.docs import Doc
from knowledge.ingest import read_paths

NAME = "outside"
_MOST = 600  # questions: enough for a rate of 1 % to be seen, and no more than what our own articles do answer


def build(seed: int = 0) -> Built:
    """The shipped English articles, newest version of each, and questions that none of them answers."""
    random = Random(f"{NAME}-{seed}")  # noqa: S311 - a draw that can be repeated
    read, refused, _ = read_paths([Settings().articles.resolve() / "en"])
    if refused:
        raise SettingsWrong(f"{refused[0].file}:{refused[0].line}: {refused[0].why}. Nothing was built.")
    newest = {one.article.id: one.article for one in sorted(read, key=lambda one: one.article.version)}
    docs = tuple(Doc(id=id, title=article.title, text=article.body, lang="en") for id, article in sorted(newest.items()))
    rows = sorted({(row["text"], row["intent"]) for row in rows_of("clinc150_outside.jsonl")})
    cases = tuple(
        Case(id=f"{NAME}-{n:04}", lang="en", question=text, answerable=False, why=f"CLINC150, {intent}")
        for n, (text, intent) in enumerate(random.sample(rows, min(_MOST, len(rows))), start=1)
    )
    return Built(name=NAME, docs=docs, cases=cases)
