"""`concierge serve`: as the settings want it, in this process or with several workers."""

from bot.settings import read_settings
from concierge.listening import port_wanted


def serve(workers: int | None) -> None:
    """Serve until a signal comes; `workers` in place of the setting. PORT comes before CONCIERGE_PORT."""
    settings = read_settings(**({"workers": workers} if workers is not None else {}))
    settings = settings.model_copy(update={"port": port_wanted(settings.port)})
    if settings.workers > 1:
        from concierge.supervisor import run_workers

        run_workers(settings)
    else:
        from concierge.server import run_server

        run_server(settings)
