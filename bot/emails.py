"""The e-mail of an offer: the very words of the chat, as text and as HTML, with a link whose code stands in its fragment."""

from html import escape
from typing import Literal

from basics.words import Lang
from bot.offered import InWords
from customers.traveller import Traveller
from desk.conversation import Citation
from desk.mailer import Mail
from knowledge.wording import wording

RESUME = "/widget/#resume="
UNSUBSCRIBE = "/v1/mail/unsubscribe/"
_PAGE = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>'
    '<body style="font-family:sans-serif;line-height:1.5;color:#1b2430;max-width:36em;margin:2em auto;padding:0 1em">{body}</body></html>'
)
_BUTTON = '<p><a href="{link}" style="display:inline-block;padding:.6em 1.2em;background:#1f4e79;color:#fff;border-radius:4px">{says}</a></p>'


def mail_of_offer(
    person: Traveller, said: InWords, source: Citation | None, purpose: Literal["service", "marketing"], resume: str, leave: str, address: str
) -> Mail:
    """The e-mail; `resume` and `leave` are the codes of its two links, the second one in advertising only."""
    lang, link = person.lang, f"{address}{RESUME}{resume}"
    out = f"{address}{UNSUBSCRIBE}{leave}" if purpose == "marketing" else None
    hello, open_it, note = (wording(name, name=person.name).said_in(lang) for name in ("mail-hello", "mail-open", "mail-open-note"))
    rule = wording("mail-source", title=source.title).said_in(lang) if source is not None else None
    ends = [wording(name).said_in(lang) for name in ("mail-bye", "mail-automatic")]
    text = said.text.said_in(lang)
    plain = [hello, text, *([f"{rule}\n{source.url}"] if source and rule else []), f"{open_it}: {note}\n{link}", *ends]
    if out:
        plain.append(f"{wording('mail-unsubscribe').said_in(lang)}: {out}")
    return Mail(
        to=person.email,
        lang=lang,
        subject=said.title.said_in(lang),
        text="\n\n".join(plain) + "\n",
        html=_html(lang, said.title.said_in(lang), hello, text, (rule, source.url if source else ""), link, (open_it, note), ends, out),
        purpose=purpose,
        unsubscribe=out,
    )


def _html(
    lang: Lang, title: str, hello: str, text: str, rule: tuple[str | None, str], link: str, opens: tuple[str, str], ends: list[str], out: str | None
) -> str:
    says, note = opens
    body = [f"<p>{escape(hello)}</p>", f"<p>{escape(text)}</p>"]
    if rule[0]:
        body.append(f'<p><a href="{escape(rule[1])}">{escape(rule[0])}</a></p>')
    body.append(_BUTTON.format(link=escape(link), says=escape(says)))
    body += [f"<p><small>{escape(one)}</small></p>" for one in (note.rstrip(":："), *ends)]
    if out:
        body.append(f'<p><small><a href="{escape(out)}">{escape(wording("mail-unsubscribe").said_in(lang))}</a></small></p>')
    return _PAGE.format(lang="zh-CN" if lang == "zh" else "en", title=escape(title), body="\n".join(body))
