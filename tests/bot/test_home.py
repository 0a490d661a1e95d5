"""The home: one process at a time, and secrets that only we can read."""

from pathlib import Path

import pytest

from basics.errors import HomeBusy, SettingsWrong
from bot.home import Home


def test_a_home_has_one_owner(tmp_path: Path) -> None:
    """The second taker is told who has it and what to do; after leaving it is free."""
    one, two = Home(tmp_path / "home"), Home(tmp_path / "home")
    one.take()
    one.announce("http://127.0.0.1:8400")
    with pytest.raises(HomeBusy, match=r"http://127\.0\.0\.1:8400") as busy:
        two.take()
    assert "CONCIERGE_HOME" in str(busy.value) and busy.value.said.zh
    assert two.running() is not None and two.running().operator_token == one.operator_token  # type: ignore[union-attr]
    one.leave()
    two.take()
    assert two.running() is None
    two.leave()


def test_what_is_written_is_ours_alone(tmp_path: Path) -> None:
    """The folder is 0700 and the file with the operator's token 0600, also where an older one lay open."""
    home = Home(tmp_path / "home")
    home.take()
    (home.path / "server.json").write_text("{}")
    (home.path / "server.json").chmod(0o644)
    home.announce("http://127.0.0.1:1")
    assert (home.path.stat().st_mode & 0o777, (home.path / "server.json").stat().st_mode & 0o777) == (0o700, 0o600)
    home.leave()
    assert not (home.path / "server.json").exists()


def test_a_home_below_a_file_cannot_be(tmp_path: Path) -> None:
    """Where no folder can be made, a plain sentence says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsWrong, match="cannot be written to"):
        Home(tmp_path / "file" / "home").take()


@pytest.mark.parametrize("left", ["", "{", '{"pid": 1}', "\x00"])
def test_a_torn_note_is_no_server(tmp_path: Path, left: str) -> None:
    """A half-written server.json means that nobody is there."""
    home = Home(tmp_path)
    (tmp_path / "server.json").write_text(left)
    assert home.running() is None


def test_every_start_has_its_own_operator_token(tmp_path: Path) -> None:
    """Yesterday's token opens nothing today."""
    assert Home(tmp_path).operator_token != Home(tmp_path).operator_token
