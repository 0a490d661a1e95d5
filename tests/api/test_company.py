"""The company page's door: an admin sees their own company, decided to the figure; nobody else sees anything; nothing private is in it."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest

from basics.errors import Unavailable
from basics.words import words
from customers.account import CompanyAccount, LinkedTraveller
from customers.source_demo import DemoSource
from customers.traveller import Traveller
from tests.house import Chat, Served, done, refused


class Platform(DemoSource):
    """The demo's customer platform, on which roles and companies change, and which may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[str, dict[str, Any]] = {}
        self.names: tuple[str, ...] = ()
        self.is_away = False

    async def traveller(self, id: str) -> Traveller | None:
        if self.is_away:
            raise Unavailable(words("The customer platform does not answer.", "客户平台没有响应。"))
        person = await super().traveller(id)
        return person.model_copy(update=self.changed.get(id, {})) if person else None

    async def account(self, company_id: str, now: datetime) -> CompanyAccount | None:
        found = await super().account(company_id, now)
        more = tuple(LinkedTraveller(id=name, name=words(name, name), state="active", since=now.date()) for name in self.names)
        return found.model_copy(update={"travellers": (*found.travellers, *more)}) if found else None


async def look(house: Served, chat: Chat, lang: str = "en") -> Any:
    return await house.http.get("/v1/company/account", params={"lang": lang}, headers=chat.headers)


@pytest.fixture
async def town(make_house: Any) -> tuple[Served, Platform]:
    platform = Platform()
    return await make_house(empty=True, source=platform), platform


async def test_an_admin_sees_who_they_are_and_how_the_company_stands(town: tuple[Served, Platform]) -> None:
    """Name in both languages, number, level with its dates and what the next one needs, points with their worth: each with its unit and moment."""
    house, _ = town
    mary = await house.chat("mary-admin")
    seen = done(await look(house, mary))
    assert seen["as_of"] == "2026-11-22T06:10:00Z" and seen["you"] == "Mary Hu"
    assert seen["company"] == {
        "name": "Nine Bends Design", "other_name": "九曲设计", "number": "9LC-20418", "status": "active", "joined_on": "2026-01-12",
    }  # fmt: skip
    standing = seen["standing"]
    assert (standing["level"], standing["since"], standing["until"], standing["counted_anew_on"]) == (
        "plus",
        "2026-11-01",
        "2027-12-31",
        "2027-01-01",
    )
    assert standing["net_fares"] == {"text": "CNY 127,140", "amount": 127140.0, "currency": "CNY"} and standing["travellers"] == 6
    assert standing["next"]["level"] == "premier" and standing["next"]["net_fares"]["text"] == "CNY 400,000"
    assert (seen["balance"], seen["worth"]["text"]) == (18172, "CNY 900")
    assert seen["year"] | {"spent": 0, "saved": 0} == {"year": 2026, "flights": 52, "spent": 0, "saved": 0, "points": 12172, "bonus": 6000}
    assert sum(one["points"] for one in seen["travellers"]) == seen["year"]["points"], "who earned them is who they are credited for"
    assert seen["admins"] == [{"name": "Mary Hu", "admin": "first"}]
    chinese = done(await look(house, mary, "zh"))
    assert chinese["company"]["name"] == "九曲设计" and chinese["standing"]["net_fares"]["text"] == "127,140 元" and chinese["you"] == "胡玛丽"


async def test_the_list_says_who_has_joined_who_is_invited_and_who_did_not_answer(town: tuple[Served, Platform]) -> None:
    """An open invitation takes a place until its last day; one that has run out does not."""
    house, _ = town
    goh = await house.chat("mary-admin")
    seen = done(await look(house, goh))
    states = {one["name"]: (one["state"], one["since"], one["ends_on"]) for one in seen["travellers"]}
    assert states["Lin Yue"] == ("active", "2026-01-15", None)
    assert states["Ye Nan"] == ("invited", "2026-11-17", "2026-12-01") and states["Pan Lei"] == ("expired", "2026-11-02", "2026-11-16")
    assert (seen["places_taken"], seen["places"]) == (7, 300)


async def test_a_report_is_there_from_the_third_at_ten(town: tuple[Served, Platform]) -> None:
    """A minute before, the month is not in the list and its moment is promised; then it is, to the yuan."""
    house, _ = town
    house.clock.move(days=10, hours=19, minutes=49)  # 3 December, 09:59 in Shanghai
    mary = await house.chat("mary-admin")
    before = done(await look(house, mary))
    assert before["as_of"] == "2026-12-03T01:59:00Z"
    assert (
        before["months"][0]["month"] == "2026-10-01" and datetime.fromisoformat(before["next_report_at"]).isoformat() == "2026-12-03T10:00:00+08:00"
    )
    house.clock.move(minutes=1)
    november = done(await look(house, mary))["months"][0]
    assert (november["month"], november["flights"]) == ("2026-11-01", 6)
    assert (november["spent"]["text"], november["saved"]["text"]) == ("CNY 5,835", "CNY 465")


async def test_two_admins_of_two_companies_see_each_their_own(town: tuple[Served, Platform]) -> None:
    """No name and no figure of the one is in what the other gets, page or file; there is no id to ask for another's."""
    house, _ = town
    for who, own, other in (("mary-admin", "Gao Peng", "Nadia Rahman"), ("goh-admin", "Nadia Rahman", "Gao Peng")):
        chat = await house.chat(who)
        file = await house.http.get("/v1/company/travellers.csv", params={"company_id": "co-straits", "lang": "en"}, headers=chat.headers)
        for said in ((await look(house, chat)).text, file.text):
            assert own in said and other not in said


@pytest.mark.parametrize("path", ["account", "travellers.csv"])
async def test_nobody_but_an_admin_is_let_in(town: tuple[Served, Platform], path: str) -> None:
    """A traveller of the same company and a visitor: 403 with a plain sentence; no token, a staff token or a guess: 401."""
    house, _ = town
    for who in ("lin-gold", None):
        chat = await house.chat(who)
        said = refused(await house.http.get(f"/v1/company/{path}", headers=chat.headers), 403, "not-company-admin")
        assert "for the admins of a company" in said["detail"] and "企业管理员" in said["detail_zh"] and "Nine Bends" not in json.dumps(said)
    for headers in ({}, {"Authorization": "Bearer a-guess"}):
        refused(await house.http.get(f"/v1/company/{path}", headers=headers), 401, "not-signed-in")


async def test_who_is_an_admin_no_more_loses_it_at_once(town: tuple[Served, Platform]) -> None:
    """The token still opens the conversation, the company page from that moment not; neither for another company than it was opened for."""
    house, platform = town
    mary = await house.chat("mary-admin")
    assert (await look(house, mary)).is_success
    for changed in ({"role": "traveller"}, {"company_id": None}, {"company_id": "co-straits"}):
        platform.changed = {"mary-admin": changed}
        refused(await look(house, mary), 403, "not-company-admin")
        assert (await mary.now())["id"] == mary.id
    platform.changed = {}
    platform.is_away = True
    refused(await look(house, mary), 503, "unavailable")


async def test_what_is_private_stays_private(town: tuple[Served, Platform]) -> None:
    """Of a traveller the admin reads exactly these things: no address, tier, tag, booking, private trip, nor what they asked the Concierge."""
    house, _ = town
    lin, goh = await house.chat("lin-gold"), await house.chat("goh-admin")
    await lin.hand_over()
    mary = await house.chat("mary-admin")
    said = {"mary": (await look(house, mary)).text, "goh": (await look(house, goh)).text}
    for seen in said.values():
        for one in json.loads(seen)["travellers"]:
            assert one.keys() == {"name", "state", "since", "ends_on", "admin", "flights", "points"}
    for secret in ("lin-gold", "@", "LYQSIN", "gold", "return_flex", "Return Flex", "SIN", lin.id):
        assert secret not in said["mary"], secret
    for secret in ("TRYPVG", "tom.reyes", "CNY 4,500", "second_admin"):  # Tom's next trip is his own
        assert secret not in said["goh"], secret


async def test_the_file_opens_in_a_spreadsheet_and_runs_nothing(town: tuple[Served, Platform]) -> None:
    """A byte order mark for Chinese, a line a traveller, names that would be formulas (full-width too) as words, texts that no semicolon divides."""
    house, platform = town
    platform.names = ('=HYPERLINK("http://x.example")', "+1", "-1", "@SUM(A1)", "＝1+1", " =1", "O'Neill, Ann")
    mary = await house.chat("mary-admin")
    answer = await house.http.get("/v1/company/travellers.csv", params={"lang": "zh"}, headers=mary.headers)
    assert answer.content.startswith(b"\xef\xbb\xbf") and answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="travellers-2026-11-22.csv"'
    head, *lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert head[:3] == ["出行人", "状态", "起始日期"] and head[5] == "2026 年航班数"
    assert lines[1] == ["林悦", "已加入", "2026-01-15", "", "", "12", "2316", "2026-11-22T06:10+00:00"]
    assert [line[0] for line in lines[-7:]] == ["'" + name for name in platform.names[:-1]] + ["O'Neill, Ann"]
    assert {len(line) for line in lines} == {len(head)} and len(lines) == 15
    assert '"林悦","已加入","2026-01-15","","",12,2316,' in answer.content.decode("utf-8")


@pytest.mark.parametrize(
    ("setting", "widget"),
    [("'self'", "'self'"), ("https://www.airline.example", "'self' https://www.airline.example"), ("'none'", "'self'"), ("*", "*")],
)
async def test_the_company_page_is_in_nobody_s_frame_and_may_show_the_widget(make_house: Any, setting: str, widget: str) -> None:
    """Whomever the setting names, the widget is shown on our own page too; the page itself is never framed and runs nothing inline."""
    house: Served = await make_house(empty=True, frame_ancestors=setting)
    policies = [(await house.http.get(path)).headers["content-security-policy"].split("; ") for path in ("/company/", "/widget/")]
    assert policies[0][-1] == "frame-ancestors 'none'" and policies[1][-1] == f"frame-ancestors {widget}"
    assert "script-src 'self'" in policies[0] and "style-src 'self'" in policies[0]


async def test_a_company_without_anybody_and_anything_is_told_so(town: tuple[Served, Platform]) -> None:
    """Just enrolled, applied, left: empty lists and zeros, no level where there is none; never an error."""
    house, platform = town
    for company, status in (("co-tilleul", "active"), ("co-fernbridge", "pending"), ("co-kawasemi", "left")):
        platform.changed = {"mary-admin": {"company_id": company}}
        seen = done(await look(house, await house.chat("mary-admin")))
        assert seen["company"]["status"] == status and seen["travellers"] == [] == seen["admins"]
        assert (seen["year"]["flights"], seen["balance"], seen["worth"]["text"]) == (0, 0, "CNY 0")
        assert (seen["standing"] is None) is (status != "active") is (seen["next_report_at"] is None)
