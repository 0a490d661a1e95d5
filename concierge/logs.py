"""Logs of the process: every record is cleaned of secrets and personal data where it is made, then written as text or as JSON lines."""

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from basics.working_on import work_in_hand
from bot.settings import Settings
from concierge.hidden import Hider, secrets_of

_PLAIN_FACTORY = logging.getLogRecordFactory()


def set_up_logs(settings: Settings, to: TextIO | None = None) -> None:
    """From here on every logger of the process, libraries included, writes one cleaned line a record to `to` (stderr); may be called again."""
    hide = Hider(secrets_of(settings))
    logging.setLogRecordFactory(_clean_records(hide))
    handler = _Handler(to)
    handler.setFormatter(_formatter(settings))
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # they bring handlers of their own
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(True)
    sys.excepthook = _last_words(hide)
    threading.excepthook = lambda told: logging.getLogger("concierge").error("a thread ended", exc_info=told.exc_value)


def set_back_logs() -> None:
    """As it was before `set_up_logs`, for whoever only borrows the process."""
    logging.setLogRecordFactory(_PLAIN_FACTORY)
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, _Handler)]:
        root.removeHandler(handler)
    root.setLevel(logging.WARNING)
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the moment, and never tells a record that it could not write."""

    def __init__(self, to: TextIO | None) -> None:
        super().__init__(to or sys.stderr)
        self._to = to

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self.stream = self._to or sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Say that a line was lost; logging's own would print the record as it was given."""
        print(f"a log line of {record.name} could not be written", file=sys.__stderr__)


def _clean_records(hide: Hider) -> Any:
    """A factory whose records hold no secret: whatever handler a library adds, it gets the cleaned text. Tracebacks are texts from here on."""

    def made(*given: Any, **more: Any) -> logging.LogRecord:
        record = _PLAIN_FACTORY(*given, **more)
        names = work_in_hand().names
        try:
            said = record.getMessage()
        except Exception:
            said = f"{record.msg} (its arguments do not fit)"
        record.msg, record.args = hide(said, names), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = hide("".join(traceback.format_exception(record.exc_info[1])).rstrip(), names)
        record.exc_info = None
        if record.stack_info:
            record.stack_info = hide(record.stack_info, names)
        return record

    return made


def _formatter(settings: Settings) -> logging.Formatter:
    first: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _with_work,
    ]
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if settings.log_format == "json" else _as_text
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last])


def _with_work(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """The conversation and turn in hand, and the traceback."""
    work, record = work_in_hand(), event["_record"]
    told = {"conversation": work.conversation, "turn": work.turn, "exception": record.exc_text, "stack": record.stack_info}
    event.update({k: v for k, v in told.items() if v})
    return event


def _as_text(_logger: WrappedLogger, _name: str, event: EventDict) -> str:
    """`2026-… WARNING concierge.turn [turn_…]: what happened`, a traceback on the lines below."""
    where = event.get("turn") or event.get("conversation")
    line = f"{event['at']} {event['level'].upper()} {event['logger']}{f' [{where}]' if where else ''}: {event['event']}"
    return "\n".join([line, *(event[k] for k in ("exception", "stack") if k in event)])


def _last_words(hide: Hider) -> Any:
    def said(_kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        print(hide("".join(traceback.format_exception(type(error), error, trace)).rstrip()), file=sys.stderr)

    return said
