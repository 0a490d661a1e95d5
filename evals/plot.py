"""Small plots as SVG, in the colours of the sheet they stand on: lines, a confidence against the diagonal, parts of a whole, values with intervals.

No library, no script.
"""

from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]
Ranged = tuple[str, float, float, float]
_SIZE, _LEFT, _BOTTOM = 320, 46, 40  # of the plane, and of the margins that hold the words
_WIDTH = _LEFT + _SIZE + 12
_COLOURS, _BANDS = 5, 5
_ROW, _BAR = 36, 16  # of a row with its words above the bar


def lines(title: str, across: str, up: str, drawn: Mapping[str, Points]) -> str:
    """Each named row of points as a line."""
    parts = []
    for n, (name, points) in enumerate(drawn.items()):
        path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" style="fill:none;stroke:{_colour(n)};stroke-width:2"/>{_legend(n, name)}')
    return _framed(title, across, up, "".join(parts))


def reliability(title: str, across: str, up: str, drawn: Mapping[str, Points]) -> str:
    """What was said against what was so: on the diagonal a confidence keeps its word."""
    parts = [f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" style="stroke:var(--soft)" stroke-dasharray="4 4"/>']
    for n, (name, points) in enumerate(drawn.items()):
        parts += [f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4" style="fill:{_colour(n)}"/>' for x, y in points]
        parts.append(_legend(n, name))
    return _framed(title, across, up, "".join(parts))


def parts_of_whole(title: str, kinds: Sequence[str], rows: Mapping[str, Sequence[int]]) -> str:
    """Each row as one bar of all its cases, cut by kind; the number stands in a part that has room for it. The key is the page's."""
    drawn = []
    for n, (name, counts) in enumerate(rows.items()):
        top, at, whole = n * _ROW, 0.0, max(1, sum(counts))
        drawn.append(f'<text x="0" y="{top + 13}" {_words()}>{escape(name)} ({sum(counts)})</text>')
        for k, count in enumerate(counts):
            wide = count / whole * _WIDTH
            if count:
                drawn.append(
                    f'<rect x="{at:.1f}" y="{top + 17}" width="{wide:.1f}" height="{_BAR}" style="fill:var(--b{k % _BANDS})">'
                    f"<title>{escape(kinds[k])}: {count}</title></rect>"
                )
            if wide > 18:
                drawn.append(f'<text x="{at + 3:.1f}" y="{top + 30}" font-size="12" style="fill:var(--paper);font-weight:600">{count}</text>')
            at += wide
    return _plain(title, len(rows) * _ROW, "".join(drawn))


def ranges(title: str, rows: Sequence[Ranged]) -> str:
    """Each (name, value, low, high) as a point with its interval, 0..1."""
    drawn = []
    for n, (name, value, low, high) in enumerate(rows):
        top, middle = n * _ROW, n * _ROW + 25
        drawn.append(
            f'<text x="0" y="{top + 13}" {_words()}>{escape(name)}</text>'
            f'<text x="{_WIDTH}" y="{top + 13}" text-anchor="end" {_words()}>{value:.0%} ({low:.0%} to {high:.0%})</text>'
            f'<line x1="0" x2="{_WIDTH}" y1="{middle}" y2="{middle}" style="stroke:var(--line)"/>'
            f'<line x1="{low * _WIDTH:.1f}" x2="{high * _WIDTH:.1f}" y1="{middle}" y2="{middle}" '
            f'style="stroke:{_colour(0)};stroke-width:4;opacity:.5"/>'
            f'<circle cx="{min(max(value * _WIDTH, 5), _WIDTH - 5):.1f}" cy="{middle}" r="5" style="fill:{_colour(0)}"/>'
        )
    return _plain(title, len(rows) * _ROW, "".join(drawn))


def _plain(title: str, height: int, inside: str) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="system-ui,sans-serif"><title>{escape(title)}</title>{inside}</svg>'
    )


def _framed(title: str, across: str, up: str, inside: str) -> str:
    height = _SIZE + _BOTTOM + 12
    ticks = "".join(
        f'<text x="{_x(v):.0f}" y="{_y(0) + 15:.0f}" text-anchor="middle" {_words(11)}>{v:g}</text>'
        f'<text x="{_LEFT - 6}" y="{_y(v) + 4:.0f}" text-anchor="end" {_words(11)}>{v:g}</text>'
        f'<line x1="{_x(0)}" y1="{_y(v)}" x2="{_x(1)}" y2="{_y(v)}" style="stroke:var(--line);opacity:.6"/>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    frame = f'<rect x="{_LEFT}" y="12" width="{_SIZE}" height="{_SIZE}" style="fill:none;stroke:var(--line)"/>'
    named = (
        f'<text x="{_x(0.5)}" y="{height - 4}" text-anchor="middle" {_words()}>{escape(across)}</text>'
        f'<text x="12" y="{_y(0.5)}" text-anchor="middle" transform="rotate(-90 12 {_y(0.5)})" {_words()}>{escape(up)}</text>'
    )
    return _plain(title, height, f"{frame}{ticks}{inside}{named}")


def _legend(n: int, name: str) -> str:
    return f'<text x="{_LEFT + 8}" y="{30 + 15 * n}" font-size="12" style="fill:{_colour(n)}">{escape(name)}</text>'


def _words(size: int = 12) -> str:
    return f'font-size="{size}" style="fill:var(--ink)"'


def _colour(n: int) -> str:
    return f"var(--c{n % _COLOURS})"


def _x(value: float) -> float:
    return _LEFT + _SIZE * value


def _y(value: float) -> float:
    return 12 + _SIZE * (1 - value)
