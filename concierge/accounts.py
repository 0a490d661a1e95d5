"""`concierge staff`: the accounts at the desk. As long as there is no lead anybody at this machine manages them; after that a lead does."""

import asyncio

from rich.console import Console

from basics.clock import system_clock
from basics.errors import BadRequest
from basics.words import Words
from bot.sign_in import Accounts
from concierge.beside import own_database
from concierge.commands import settings_here
from store import staff

out = Console()


def change_staff(name: str, password: str | None, role: str | None, leave: bool, lead: tuple[str | None, str] | None, recover: bool) -> None:
    """Add, change or end an account; `lead` is who does it, with their password. BadRequest, SignInFailed or LockedOut otherwise."""
    if not name.strip() or len(name) > 80:
        raise BadRequest(Words(en="The name needs 1 to 80 characters.", zh="姓名应为 1 到 80 个字符。"))
    if password is not None and len(password) < 12:
        raise BadRequest(Words(en="The password needs at least 12 characters.", zh="密码至少需要 12 个字符。"))
    if role not in (None, "staff", "lead"):
        raise BadRequest(Words(en=f"--role is {role!r}; it must be staff or lead.", zh=f"--role 的值是 {role!r}，应为 staff 或 lead。"))
    if leave and (password is not None or role is not None):
        raise BadRequest(Words(en="--leave goes without --password and --role.", zh="--leave 不能与 --password、--role 同时使用。"))
    asyncio.run(_change(name.strip(), password, role, leave, lead))
    if recover:
        out.print("Done without a lead (--recover).", highlight=False)
    out.print(
        f"{name} has left." if leave else f"{name} can sign in at the desk{' as a lead' if role == 'lead' else ''}.", highlight=False, markup=False
    )


async def _change(name: str, password: str | None, role: str | None, leave: bool, lead: tuple[str | None, str] | None) -> None:
    async with own_database(settings_here()) as db:
        accounts = Accounts(db, system_clock)
        async with db.read() as conn:
            leads = await staff.leads(conn)
        if leads and lead is not None:
            await _proven_lead(accounts, leads, *lead)
        if leave:
            if not await accounts.leave(name):
                raise BadRequest(Words(en=f"Nobody called {name} has an account. Nothing was changed.", zh=f"没有名为 {name} 的账号，未作任何更改。"))
            return
        try:
            await accounts.change(name, password, "lead" if role == "lead" else "staff" if role == "staff" else None)
        except ValueError:
            raise BadRequest(
                Words(
                    en=f"{name} has no account yet: give a --password as well. Nothing was changed.", zh=f"{name} 还没有账号，请同时提供 --password。"
                )
            ) from None


async def _proven_lead(accounts: Accounts, leads: tuple[str, ...], name: str | None, password: str) -> None:
    if name is None:
        who = ", ".join(leads)
        raise BadRequest(
            Words(
                en=f"Accounts are managed by a lead ({who}): add --lead NAME. Nothing was changed.",
                zh=f"账号由负责人（{who}）管理：请加上 --lead 姓名。未作任何更改。",
            )
        )
    account = await accounts.proven(name, password)
    if account.role != "lead":
        raise BadRequest(Words(en=f"{account.name} is not a lead. Nothing was changed.", zh=f"{account.name} 不是负责人，未作任何更改。"))
