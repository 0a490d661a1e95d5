"""The table of travellers as a file for a spreadsheet: UTF-8 with a byte order mark (Excel reads Chinese by it), no cell that would be run."""

import csv
import io

from basics.words import Lang, Words, words
from customers.account import Admin, CompanyAccount, InvitationState

_STATES: dict[InvitationState, Words] = {
    "active": words("Active", "已加入"),
    "invited": words("Invited", "已邀请"),
    "expired": words("Invitation ran out", "邀请已过期"),
}
_ADMINS: dict[Admin, Words] = {"first": words("First admin", "首位管理员"), "second": words("Second admin", "第二管理员")}
_HEADS = (
    words("Traveller", "出行人"),
    words("State", "状态"),
    words("Since", "起始日期"),
    words("Invitation valid to", "邀请有效期至"),
    words("Admin", "管理员"),
    words("Flights {year}", "{year} 年航班数"),
    words("Points {year}", "{year} 年积分"),
    words("As of", "数据截至"),
)
# What a spreadsheet takes for the beginning of a formula, in the full-width forms that Chinese and Japanese ones take too.
_RUNS = tuple("=+-@\t\r\n＝＋－＠")


def travellers_csv(account: CompanyAccount, lang: Lang) -> bytes:
    """One line a traveller, in the order of the page."""
    text = io.StringIO()
    # RFC 4180 (commas, CRLF); every text in quotes, for a spreadsheet that also divides at semicolons would make a cell of what follows one.
    lines = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    lines.writerow([head.filled(year=str(account.year.year)).said_in(lang) for head in _HEADS])
    for one in account.travellers:
        admin = _ADMINS[one.admin].said_in(lang) if one.admin else ""
        ends_on = one.ends_on.isoformat() if one.ends_on else ""
        name, state = one.name.said_in(lang), _STATES[one.state].said_in(lang)
        lines.writerow(
            [safe(name), state, one.since.isoformat(), ends_on, admin, one.flights, one.points, account.as_of.isoformat(timespec="minutes")]
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def safe(cell: str) -> str:
    """The cell, with an apostrophe before what would be run as a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_RUNS) or cell.startswith(_RUNS) else cell
