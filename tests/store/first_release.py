"""How the folder first_release/ was made: a small home that people used, written by the code of the time when 0001 was the only step.

No line of today's code made it. To make it again, go to the last commit before 0002 (`git log -- store/migrations/versions`), install that,
copy this file to its tests/store/ and run `python -m tests.store.first_release FOLDER` there.
In the folder: a file of JSON lines a table, as SQLite held them (bytes in base 64), the demo airline's database as SQL and its log, and in
hands.json what people kept: tokens, receipts, what they had been shown.
"""

import asyncio
import base64
import json
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.sign_in import Accounts
from tests.house import STAFF, a_served_house, done

ARTICLES = {
    "en/batteries.md": """---
id: batteries
title: Power banks
lang: en
audience: public
in_force: {from: 2025-07-01}
version: 1
owner: Safety
source_url: https://www.larkspur.example/help/batteries
applies_by: travel
---
## In the cabin

Carry a power bank of up to 100 Wh in your cabin bag. It may not go into checked baggage.
""",
    "zh/batteries.md": """---
id: batteries
title: 充电宝
lang: zh
audience: public
in_force: {from: 2025-07-01}
version: 1
owner: Safety
source_url: https://www.larkspur.example/zh/help/batteries
applies_by: travel
---
## 客舱

额定能量不超过 100 Wh 的充电宝可以随身携带。充电宝不得托运。
""",
}


async def stories(home: Path) -> dict[str, Any]:
    """What happened in that home; returns what people kept of it."""
    articles = home.parent / "articles"
    for name, text in ARTICLES.items():
        (articles / name).parent.mkdir(parents=True, exist_ok=True)
        (articles / name).write_text(text, "utf-8")
    async with a_served_house(home, empty=True) as house:
        report = await house.house.ingest([articles])
        assert len(report.added) == 2, report
        for name, password in STAFF.items():
            await Accounts(house.house.db, house.house.clock).keep(f"staff-{name.lower()}", name, password)
        anna, wei = await house.staff("Anna"), await house.staff("Wei")

        lin = await house.chat("lin-gold")
        asked = await lin.say("May I take a power bank on board?")
        assert asked["kind"] == "answer" and asked["citations"], asked
        done(await lin.post(f"/messages/{asked['message_id']}/feedback", {"thumb": "up"}))
        proposal = (await lin.say("Can I change my return flight?"))["proposal"]
        offered = await house.chat("lin-gold")  # the same right on a second card, which nobody answered
        card = (await offered.say("回程可以免费改签吗？"))["proposal"]
        assert proposal and card
        receipt = await lin.confirm(proposal)

        waits = await house.chat()
        await waits.say("额定能量 100 Wh 的充电宝可以托运吗？")
        waiting = (await waits.hand_over())["ticket"]
        held = await house.chat("lin-gold", "en")
        taken = (await held.hand_over())["ticket"]
        await wei.claim(taken["id"])
        helped = await house.chat()
        solved = (await helped.hand_over())["ticket"]
        await anna.claim(solved["id"])
        done(await anna.reply(solved["id"], "Here is what you asked for.\n第二行。"))
        done(await anna.post(f"/tickets/{solved['id']}/resolve"))
        names = {"lin": lin, "offered": offered, "waits": waits, "held": held, "helped": helped}
        chats = {n: {"opened": c.opened, "sent": c.sent, "events": [[e.number, e.kind, e.data] for e in await c.events()]} for n, c in names.items()}
        return {
            "now": house.clock().isoformat(),
            "chats": chats,
            "asked": asked,
            "proposal": proposal,
            "receipt": receipt,
            "card": card,
            "tickets": {"waiting": waiting["id"], "taken": taken["id"], "solved": solved["id"]},
            "sessions": {"Anna": anna.signed_in["token"], "Wei": wei.signed_in["token"]},
        }


def said(value: Any) -> Any:
    """A value of a column as JSON; bytes in base 64."""
    return {"base64": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def write(out: Path) -> None:
    """Live the stories, then keep every row."""
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        (out / "hands.json").write_text(json.dumps(asyncio.run(stories(home)), ensure_ascii=False, indent=1) + "\n", "utf-8")
        with closing(sqlite3.connect(home / "concierge.sqlite3")) as base:
            assert base.execute("select version_num from alembic_version").fetchall() == [("0001",)]
            for (table,) in base.execute(
                "select name from sqlite_master where type = 'table' and name != 'alembic_version' order by name"
            ).fetchall():
                rows = base.execute(f"select * from {table} order by 1, 2")
                names = [c[0] for c in rows.description]
                lines = [json.dumps({n: said(v) for n, v in zip(names, row, strict=True)}, ensure_ascii=False) for row in rows]
                (out / f"{table}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        with closing(sqlite3.connect(home / "airline.sqlite3")) as airline:
            (out / "airline.sql").write_text("\n".join(airline.iterdump()) + "\n", "utf-8")
        shutil.copy(home / "airline.log", out / "airline.log")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
