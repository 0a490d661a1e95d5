"""E-mails: the very words of an offer or of an answer, as text and as HTML, with a link whose code stands in its fragment."""

from collections.abc import Sequence
from html import escape
from typing import Literal, NamedTuple

from basics.words import Lang, Words, words
from bot.offered import InWords
from customers.traveller import Traveller
from desk.conversation import Citation
from desk.mailer import Mail
from knowledge.wording import wording
from store.unread import Said

RESUME = "/widget/#resume="
COLLEAGUE = words("A colleague", "同事")
UNSUBSCRIBE = "/v1/mail/unsubscribe/"
_PAGE = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="font-family:sans-serif;line-height:1.5;color:#1b2430;max-width:36em;margin:2em auto;padding:0 1em">{body}</body></html>'
)
_BUTTON = '<p><a href="{link}" style="display:inline-block;padding:.6em 1.2em;background:#1f4e79;color:#fff;border-radius:4px">{says}</a></p>'


class _Letter(NamedTuple):
    """What an e-mail says, line by line; `source` is a title with its address, `out` the address of one click that ends such e-mails."""

    hello: str
    said: Sequence[str]
    link: str
    opens: tuple[str, str]
    source: tuple[str, str] | None = None
    out: str | None = None


def mail_of_offer(
    person: Traveller, said: InWords, source: Citation | None, purpose: Literal["service", "marketing"], resume: str, leave: str, address: str
) -> Mail:
    """The e-mail of an offer: the very words of the chat; `resume` and `leave` are the codes of its two links, the second one in advertising only."""
    lang = person.lang
    out = f"{address}{UNSUBSCRIBE}{leave}" if purpose == "marketing" else None
    rule = (wording("mail-source", title=source.title).said_in(lang), source.url) if source is not None else None
    opens = wording("mail-open").said_in(lang), wording("mail-open-note").said_in(lang)
    hello = wording("mail-hello", name=person.name).said_in(lang)
    letter = _Letter(hello, (said.text.said_in(lang),), f"{address}{RESUME}{resume}", opens, rule, out)
    return _mail(person.email, lang, said.title.said_in(lang), letter, purpose)


def mail_of_answer(to: str, name: Words | None, lang: Lang, number: int | None, said: Sequence[Said], resume: str, address: str) -> Mail:
    """The e-mail of what staff answered while its traveller was away, word for word; `resume` is the code of the link that opens the chat again."""
    hello = (wording("mail-hello", name=name) if name else wording("mail-hello-anybody")).said_in(lang)
    lines = [wording("mail-answer-by", staff=words(one.by, one.by) if one.by else COLLEAGUE, text=words(one.text, one.text)) for one in said]
    subject = wording("mail-answer", number=number) if number else wording("mail-answer-plain")
    opens = wording("mail-answer-open").said_in(lang), wording("mail-answer-note").said_in(lang)
    letter = _Letter(hello, [line.said_in(lang) for line in lines], f"{address}{RESUME}{resume}", opens)
    return _mail(to, lang, subject.said_in(lang), letter, "service")


def _mail(to: str, lang: Lang, subject: str, letter: _Letter, purpose: Literal["service", "marketing"]) -> Mail:
    says, note = letter.opens
    ends = [wording(name).said_in(lang) for name in ("mail-bye", "mail-automatic")]
    plain = [letter.hello, *letter.said, *(["\n".join(letter.source)] if letter.source else []), f"{says}: {note}\n{letter.link}", *ends]
    if letter.out:
        plain.append(f"{wording('mail-unsubscribe').said_in(lang)}: {letter.out}")
    text, html = "\n\n".join(plain) + "\n", _html(lang, subject, letter, ends)
    return Mail(to=to, lang=lang, subject=subject, text=text, html=html, purpose=purpose, unsubscribe=letter.out)


def _html(lang: Lang, title: str, letter: _Letter, ends: Sequence[str]) -> str:
    says, note = letter.opens
    body = [f"<p>{_lines(one)}</p>" for one in (letter.hello, *letter.said)]
    if letter.source:
        body.append(f'<p><a href="{escape(letter.source[1])}">{escape(letter.source[0])}</a></p>')
    body.append(_BUTTON.format(link=escape(letter.link), says=escape(says)))
    body += [f"<p><small>{escape(one)}</small></p>" for one in (note.rstrip(":："), *ends)]
    if letter.out:
        body.append(f'<p><small><a href="{escape(letter.out)}">{escape(wording("mail-unsubscribe").said_in(lang))}</a></small></p>')
    return _PAGE.format(lang="zh-CN" if lang == "zh" else "en", title=escape(title), body="\n".join(body))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
