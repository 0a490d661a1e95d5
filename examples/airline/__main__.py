"""Heron Air on a port of this machine: `python -m examples.airline --port 8700`."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from examples.airline.app import build
from examples.airline.faults import Faults
from examples.airline.storage import Storage


def main() -> None:
    """Read the arguments, make the database if there is none, serve until it is stopped."""
    args = _arguments()
    began = datetime.now(UTC)
    start = datetime.fromisoformat(args.now) if args.now else began
    storage = Storage(args.home / "heron.sqlite3")
    if args.seed or not storage.path.exists():
        storage.seed(start)
    faults = Faults(slow=args.slow, fail=args.fail, commit_then_hang=args.commit_then_hang, hang=args.hang)
    app = build(storage, lambda: start + (datetime.now(UTC) - began), args.token, faults, args.dice)
    print(f"Heron Air at http://{args.host}:{args.port} (description: /docs), its database at {storage.path}", flush=True)
    uvicorn.run(app, host=args.host, port=args.port, log_level="warning", access_log=False, timeout_graceful_shutdown=2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.airline", description="A small airline to connect the Concierge to.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--home", type=Path, default=Path("home-heron"), help="the folder of its database")
    parser.add_argument("--seed", action="store_true", help="make the database anew, trips relative to now")
    parser.add_argument("--token", default="", help="the bearer token that callers have to show")
    parser.add_argument("--slow", type=float, default=0, help="seconds that every call takes longer")
    parser.add_argument("--fail", type=float, default=0, help="share of calls that fail before anything is done")
    parser.add_argument("--commit-then-hang", type=float, default=0, help="share of orders that are carried out and then not answered")
    parser.add_argument("--hang", type=float, default=60, help="for so many seconds")
    parser.add_argument("--dice", type=int, default=None, help="the same number, the same faults")
    parser.add_argument("--now", default="", help="the moment it believes it is at the start (ISO 8601 with an offset)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
