"""What a new text says otherwise than the old one, in a few lines that a person reads before saying yes."""

from difflib import unified_diff

from knowledge.article import Article

MOST_LINES = 14
_WIDEST = 160


def lines_between(old: Article | None, new: Article) -> tuple[str, ...]:
    """Fields and lines that differ, `-` as it stands and `+` as it would be; a text of which nothing stands yet is only counted."""
    if old is None:
        return (f"+ {len(new.body.split()) if new.lang == 'en' else len(new.body):,} {'words' if new.lang == 'en' else 'characters'}, all new",)
    fields = [
        line
        for name in ("title", "audience", "in_force", "applies_by", "owner", "source_url", "supersedes", "stakes")
        if getattr(old, name) != getattr(new, name)
        for line in (f"- {name}: {_said(getattr(old, name))}", f"+ {name}: {_said(getattr(new, name))}")
    ]
    text = [
        f"{line[0]} {line[1:]}"
        for line in unified_diff(old.body.splitlines(), new.body.splitlines(), lineterm="", n=0)
        if line[:3] not in ("---", "+++") and not line.startswith("@@") and line[1:].strip()
    ]
    found = [line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…" for line in fields + text] or ["~ asks: other ways of asking"]
    return tuple(found if len(found) <= MOST_LINES else [*found[: MOST_LINES - 1], f"… and {len(found) - MOST_LINES + 1} lines more"])


def _said(value: object) -> str:
    start, to = getattr(value, "start", None), getattr(value, "to", None)
    return (f"from {start}" + (f" to {to}" if to else "")) if start else str(value)
