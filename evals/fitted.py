"""Where a fitted confidence is kept: the operator's own file, never the one that ships; what stood there before is kept beside it."""

import os
from pathlib import Path

from basics.errors import BadRequest, SettingsWrong
from bot.confidence import Model, model_in
from bot.settings import HERE, Settings

NAME = "confidence.json"


def place_of(settings: Settings) -> Path:
    """The file of CONCIERGE_CONFIDENCE where it is the operator's own, else one in the home."""
    own = settings.confidence.resolve()
    return settings.home.resolve() / NAME if own.is_relative_to(HERE) else own


def start_of(settings: Settings) -> Model:
    """The model that a fit begins from: the one in use, or the one that labels moved to it (else those labels would count twice)."""
    model = model_in(settings.confidence)
    return model.start or model


def write_fitted(model: Model, settings: Settings) -> str:
    """Replace the file in one step, keep the one before as FILE.before, and say what has to be done for it to be used."""
    file = place_of(settings)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            _put(before_of(file), file.read_text(encoding="utf-8"))
        _put(file, model.model_dump_json(indent=1, exclude_none=True) + "\n")
    except OSError as wrong:
        raise SettingsWrong(f"{file} cannot be written: {wrong.strerror}. The confidence in use is as it was.") from None
    return f"Written: {file}. {used_from(settings, file)} Undo: concierge eval refit --undo"


def undo(settings: Settings) -> str:
    """Put back what stood there before the last fit; once more puts the fit back."""
    file = place_of(settings)
    before = before_of(file)
    if not before.exists():
        raise BadRequest(
            f"There is nothing to take back: {before} does not exist. To use the shipped confidence again leave CONCIERGE_CONFIDENCE empty."
        )
    was, fitted = before.read_text(encoding="utf-8"), file.read_text(encoding="utf-8") if file.exists() else ""
    _put(file, was)
    if fitted:
        _put(before, fitted)
    return f"Put back: {file}, {model_in(file).fitted_on}. {used_from(settings, file)}"


def used_from(settings: Settings, file: Path) -> str:
    """From when on the file is used."""
    if settings.confidence.resolve() == file:
        return "A running server uses it from its next question on."
    return f"To use it set CONCIERGE_CONFIDENCE={file} and start the server again."


def before_of(file: Path) -> Path:
    """Where the model before the last fit is kept."""
    return file.with_name(f"{file.name}.before")


def _put(file: Path, text: str) -> None:
    """The whole text or none of it: a server may be reading."""
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    half.write_text(text, encoding="utf-8")
    half.replace(file)
