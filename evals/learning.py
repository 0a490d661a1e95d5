"""How much labels teach a confidence that never saw the base: `python -m evals.learning`, for more and more labels and ever tighter weights.

The confidence begins from a fit to all bases but the airline's; labels are development questions to the airline's articles, drawn by group; it is
judged on the groups that were not drawn.
"""

from collections.abc import Sequence

import numpy as np

from bot.confidence import FEATURES, Model
from evals.fit_confidence import Row, airline_rows, auroc, fit_signed, gathered, matrix
from evals.prior import confidence_of, fit_from, log_loss
from evals.risk import ece

LABELS = (0, 25, 50, 100, 200, 400)
PULLS = (1.0, 2.0, 4.0, 8.0, 16.0)
_DRAWS = 10


def begun(rows: Sequence[Row]) -> Model:
    """The fit to all bases but the airline's."""
    x, right, counts = matrix([row for row in rows if row.family != "airline"])
    weights, intercept = fit_signed(x, right, counts)
    return Model(fitted_on="all bases but the airline's", intercept=intercept, weights=dict(zip(FEATURES, weights.tolist(), strict=True)))


def judged(start: Model, rows: Sequence[Row], labels: int, pull: float) -> tuple[float, float, float]:
    """AUROC, ECE and log loss on the groups that were not drawn, the mean of several draws."""
    x, right, _ = matrix(rows)
    groups = np.array([row.group for row in rows])
    figures = []
    for seed in range(_DRAWS):
        order = np.random.default_rng(seed).permutation(np.unique(groups))
        test = np.isin(groups, order[: len(order) // 3])
        drawn = np.flatnonzero(~test)[np.random.default_rng(seed).permutation(int((~test).sum()))[:labels]]
        model = fit_from(start, x[drawn], right[drawn], pull=pull) if labels else start
        said = confidence_of(model, x[test])
        figures.append((auroc(said, right[test]), ece(said, right[test]), log_loss(said, right[test])))
    mean = np.mean(figures, axis=0)
    return float(mean[0]), float(mean[1]), float(mean[2])


def main() -> None:
    """Ask every base, and print a line for each number of labels and each pull."""
    start = begun(list(gathered()))
    ours = [row for row in airline_rows()[0] if row.base == "airline noted"]
    for labels in LABELS:
        for pull in PULLS if labels else PULLS[:1]:
            figures = judged(start, ours, labels, pull)
            print(f"{labels:4} labels, pull {pull:4}: AUROC {figures[0]:.3f}, ECE {figures[1]:.3f}, log loss {figures[2]:.3f}", flush=True)


if __name__ == "__main__":
    main()
