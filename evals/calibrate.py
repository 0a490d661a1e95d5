"""`concierge eval calibrate`: thousands of labelled questions asked, and the threshold that a guarantee about wrong answers allows."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from basics.errors import BadRequest
from bot.settings import Settings
from evals.build import BUILDERS
from evals.builders.strange import HELD
from evals.calibration import calibrated
from evals.calibration_report import about, head_and_rows, write_calibration
from evals.labelled import gather, keep, read_kept
from evals.papers import printed
from evals.words import model_named

SETS = ("dev", *(name for name in BUILDERS if name not in HELD))


def run(
    wrong: float, sure: float, sets: Sequence[str], sample: int, seed: int, times: int, model: str, out: Path, kept: Path | None, as_json: bool
) -> None:
    """Ask, label, fit with each base held out, choose, print what is guaranteed (or what is missing) and write the report; no setting is changed."""
    if not (0 < wrong < 1 and 0.5 <= sure < 1):
        raise BadRequest(
            f"--wrong {wrong} --sure {sure}: a share between 0 and 1 and a certainty from 0.5 to below 1, as 0.02 and 0.95. Nothing was asked."
        )
    unknown = [name for name in sets if name not in SETS]
    if unknown:
        raise BadRequest(f"--sets {', '.join(unknown)}: there are {', '.join(SETS)}. Nothing was asked.")
    llm = model_named(model)
    gathered = read_kept(kept) if kept else asyncio.run(gather(sets, sample, seed, llm, times))
    if not gathered.rows:
        raise BadRequest("No question of these sets is decided by a confidence. Nothing was measured.")
    made = calibrated(gathered.rows, gathered.left_out, Settings().answer_at, wrong, sure, llm.name if llm else "")
    files = list(write_calibration(made, out))
    if kept is None:
        files.append(out / "labelled.jsonl")
        keep(gathered.rows, files[-1])
    if as_json:
        print(made.model_dump_json(indent=1, exclude={"curves"}))
        return
    console = Console()
    printed(console, head_and_rows(made))
    console.print(about(made), highlight=False)
    console.print("Report: " + ", ".join(map(str, files)), highlight=False)
