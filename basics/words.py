"""A text that exists in both languages: the only kind that a person may be shown."""

from typing import Literal

from pydantic import BaseModel

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")


class Words(BaseModel, frozen=True):
    """One text in English and in Chinese; an empty half is refused."""

    en: str
    zh: str

    def model_post_init(self, _context: object) -> None:
        """Refuse a half that is blank: every user-visible text exists in both languages."""
        if not self.en.strip() or not self.zh.strip():
            raise ValueError(f"A text needs both languages, got en={self.en!r} zh={self.zh!r}.")

    def said_in(self, lang: Lang) -> str:
        """The half in `lang`."""
        return self.zh if lang == "zh" else self.en

    def filled(self, **values: "Words | str | int") -> "Words":
        """The same text with its {places} filled; a value that is itself Words fills each half with its own language."""
        return Words(
            en=self.en.format(**{k: v.en if isinstance(v, Words) else v for k, v in values.items()}),
            zh=self.zh.format(**{k: v.zh if isinstance(v, Words) else v for k, v in values.items()}),
        )


def words(en: str, zh: str) -> Words:
    """Short for `Words(en=…, zh=…)`."""
    return Words(en=en, zh=zh)
