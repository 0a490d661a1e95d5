"""The home: one folder that holds everything that lasts, and one process at a time in it."""

import json
import os
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from basics.errors import HomeBusy, SettingsWrong
from basics.ids import new_token
from basics.words import Words


class Running(BaseModel, frozen=True):
    """The server that works in a home: where it listens, and the token of this start that other commands of the same machine use."""

    pid: int
    address: str
    operator_token: str


class Home:
    """A folder with a lock. `take` it before touching anything in it; `running` tells who has it."""

    def __init__(self, path: Path, operator_token: str | None = None) -> None:
        """`operator_token` is given to a worker of a server that has taken the home: every worker knows the same."""
        self.path = path.resolve()
        self._lock = FileLock(self.path / "lock", timeout=0)
        self.operator_token = operator_token or new_token()

    def take(self) -> None:
        """Make the folder if need be and lock it; HomeBusy or SettingsWrong say what is in the way."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            self._lock.acquire()
            if not self._id_file.exists():
                self._id_file.write_text(new_token()[:8].lower().replace("_", "x").replace("-", "x"), encoding="utf-8")
        except Timeout:
            other = self.running()
            where = f" at {other.address} (process {other.pid})" if other else ""
            raise HomeBusy(
                Words(
                    en=f"Another Concierge already works in {self.path}{where}. Stop it first, or set CONCIERGE_HOME to another folder.",
                    zh=f"已有另一个旅行管家进程在使用 {self.path}{where}。请先停止它，或将 CONCIERGE_HOME 设为其他目录。",
                )
            ) from None
        except OSError as wrong:
            raise SettingsWrong(
                Words(
                    en=f"The home {self.path} cannot be written to: {wrong.strerror}. Set CONCIERGE_HOME to a folder you may write to.",
                    zh=f"无法写入目录 {self.path}：{wrong.strerror}。请将 CONCIERGE_HOME 设为有写入权限的目录。",
                )
            ) from None

    def announce(self, address: str) -> None:
        """Write down, readable by us alone, where this server listens."""
        said = Running(pid=os.getpid(), address=address, operator_token=self.operator_token)
        file = os.open(self._server_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as out:
            os.fchmod(file, 0o600)  # also where a file lay there already
            out.write(said.model_dump_json())

    def running(self) -> Running | None:
        """The server that has this home, or None."""
        try:
            return Running.model_validate(json.loads(self._server_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, ValidationError):
            return None

    def leave(self) -> None:
        """Give the folder back."""
        self._server_file.unlink(missing_ok=True)
        self._lock.release()

    @property
    def worker_prefix(self) -> str:
        """How the names of workers of this home begin: whoever holds the home knows that its other workers are dead."""
        try:
            return f"w{self._id_file.read_text(encoding='utf-8')}"
        except OSError:  # a home that nobody has taken, as for a look from outside
            return "worker"

    @property
    def _id_file(self) -> Path:
        return self.path / "id"

    @property
    def _server_file(self) -> Path:
        return self.path / "server.json"
