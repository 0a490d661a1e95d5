"""Two small plots as SVG, values 0..1 on both axes: lines with a legend, and bars against the diagonal. No library, no script."""

from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[float, float]]
_SIZE, _LEFT, _BOTTOM = 320, 46, 40  # of the plane, and of the margins that hold the words
_COLOURS = ("#0b5cad", "#b3261e", "#2e7d32", "#8a5a00", "#6a3ea1")
_WIDTH = _LEFT + _SIZE + 12


def lines(title: str, across: str, up: str, drawn: Mapping[str, Points]) -> str:
    """Each named row of points as a line."""
    parts = []
    for n, (name, points) in enumerate(drawn.items()):
        colour = _COLOURS[n % len(_COLOURS)]
        path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{_LEFT + 8}" y="{30 + 15 * n}" fill="{colour}" font-size="12">{escape(name)}</text>')
    return _framed(title, across, up, "".join(parts))


def reliability(title: str, across: str, up: str, drawn: Mapping[str, Points]) -> str:
    """What was said against what was so: on the diagonal a confidence keeps its word."""
    diagonal = f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#8894a0" stroke-dasharray="4 4"/>'
    parts = [diagonal]
    for n, (name, points) in enumerate(drawn.items()):
        colour = _COLOURS[n % len(_COLOURS)]
        parts += [f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4" fill="{colour}"/>' for x, y in points]
        parts.append(f'<text x="{_LEFT + 8}" y="{30 + 15 * n}" fill="{colour}" font-size="12">{escape(name)}</text>')
    return _framed(title, across, up, "".join(parts))


def _framed(title: str, across: str, up: str, inside: str) -> str:
    height = _SIZE + _BOTTOM + 12
    ticks = "".join(
        f'<text x="{_x(v):.0f}" y="{_y(0) + 15:.0f}" font-size="11" text-anchor="middle">{v:g}</text>'
        f'<text x="{_LEFT - 6}" y="{_y(v) + 4:.0f}" font-size="11" text-anchor="end">{v:g}</text>'
        f'<line x1="{_x(0)}" y1="{_y(v)}" x2="{_x(1)}" y2="{_y(v)}" stroke="#e3e8ee"/>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="system-ui,sans-serif">'
        f'<title>{escape(title)}</title><rect x="{_LEFT}" y="12" width="{_SIZE}" height="{_SIZE}" fill="#fff" stroke="#cdd5de"/>{ticks}{inside}'
        f'<text x="{_x(0.5)}" y="{height - 4}" font-size="12" text-anchor="middle">{escape(across)}</text>'
        f'<text x="12" y="{_y(0.5)}" font-size="12" text-anchor="middle" transform="rotate(-90 12 {_y(0.5)})">{escape(up)}</text></svg>'
    )


def _x(value: float) -> float:
    return _LEFT + _SIZE * value


def _y(value: float) -> float:
    return 12 + _SIZE * (1 - value)
