"""A page of figures that needs nothing else: its style for light and dark, wide and narrow, and its tables."""

from collections.abc import Sequence
from html import escape

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2530;--soft:#566170;--line:#cdd5de;--head:#eef2f6;--bad:#b3261e;
--c0:#0b5cad;--c1:#b3261e;--c2:#2e7d32;--c3:#8a5a00;--c4:#6a3ea1;--b0:#2e7d32;--b1:#c62828;--b2:#c77700;--b3:#4f6b8a;--b4:#a3adb8}
@media(prefers-color-scheme:dark){:root{--paper:#14191f;--ink:#e3e8ee;--soft:#a0abb7;--line:#39434e;--head:#1f262e;--bad:#ff8a80;
--c0:#7ab8ff;--c1:#ff8a80;--c2:#81c784;--c3:#e0b050;--c4:#c5a3ff;--b0:#5fae64;--b1:#ef6a62;--b2:#e0a040;--b3:#7f9dbf;--b4:#6b7682}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;
color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2.2rem 0 .3rem}p{max-width:62rem;margin:.4rem 0}
.wide{overflow-x:auto;margin:1rem 0}table{border-collapse:collapse;width:100%;overflow-wrap:normal}
th,td{border:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top}
th{background:var(--head)}td{white-space:pre-line}tr.wrong td:first-child{border-left:4px solid var(--bad)}small,.soft{color:var(--soft)}
ul.words{font-size:1.1rem;padding-left:1.2rem}.soft{font-size:.9rem}
h3{font-size:1rem;margin:1.2rem 0 0}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:.5rem 1.5rem}
figure{margin:.5rem 0;max-width:100%}figcaption{font-weight:600}
svg{max-width:100%;height:auto;display:block}
.key{list-style:none;padding:0;margin:.3rem 0;display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem}
.key i{display:inline-block;width:.8em;height:.8em;margin-right:.4em}
.miss{border:1px solid var(--line);border-left-width:4px;border-radius:4px;padding:.5rem .8rem;margin:.6rem 0}
.miss.wrong{border-left-color:var(--bad)}
.miss h3{font-size:1rem;margin:0;white-space:pre-line}.miss dl{display:grid;grid-template-columns:6.5rem 1fr;gap:.2rem .8rem;margin:.4rem 0 0}
.miss dt{color:var(--soft)}.miss dd{margin:0;white-space:pre-line}summary{cursor:pointer;padding:.4rem 0;font-weight:600}
@media(max-width:40rem){body{margin:1rem auto}.miss dl{grid-template-columns:1fr}.miss dt{margin-top:.3rem}th,td{padding:.3rem .4rem;font-size:.9rem}}
"""


def sheet(title: str, body: str) -> str:
    """The whole page."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><body><main>{body}</main></body></html>\n"
    )


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]], wrong: Sequence[bool] = ()) -> str:
    """An HTML table that scrolls sideways where the screen is narrow; `wrong` rows have a red edge."""
    marked = [*wrong, *[False] * (len(rows) - len(wrong))]
    body = "".join(
        f"<tr{' class=wrong' if bad else ''}>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>"
        for row, bad in zip(rows, marked, strict=True)
    )
    return f"<div class=wide tabindex=0><table><tr>{''.join(f'<th scope=col>{escape(h)}</th>' for h in head)}</tr>{body}</table></div>"
