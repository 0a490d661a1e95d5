"""What a step of a case can be refused for: plain sentences in both languages; doors map the slugs to statuses."""

from basics.errors import ConciergeError
from basics.words import Words, words


class CaseChanged(ConciergeError):
    """Somebody was faster."""

    slug = "case-changed"

    def __init__(self, by: str | None) -> None:
        who = words(by or "Somebody", by or "其他人")
        said = Words(
            en="{who} has changed this case meanwhile. Nothing was changed; look at it again.",
            zh="{who} 刚刚更新了该事项，您的操作未生效，请重新查看。",
        )
        super().__init__(said.filled(who=who), by=by)


class CaseClosed(ConciergeError):
    """It is over."""

    slug = "case-closed"

    def __init__(self) -> None:
        super().__init__(Words(en="This case is closed. Nothing was changed.", zh="该事项已结案，未作任何更改。"))


class NotYourCase(ConciergeError):
    """Only who looks after it may do this."""

    slug = "not-your-case"

    def __init__(self, owner: str | None) -> None:
        said = Words(
            en=f"{owner} looks after this case. Take it over first. Nothing was changed.", zh=f"该事项由 {owner} 负责，请先接手。未作任何更改。"
        )
        super().__init__(said if owner else _NOBODYS, by=owner)


_NOBODYS = Words(en="Nobody looks after this case yet. Take it over first. Nothing was changed.", zh="该事项尚无人负责，请先接手。未作任何更改。")


class CaseStands(ConciergeError):
    """The ticket has one."""

    slug = "case-stands"

    def __init__(self) -> None:
        super().__init__(Words(en="This ticket has an open case already. Nothing was changed.", zh="该工单已有未结的跟进事项，未作任何更改。"))


class CaseDateWrong(ConciergeError):
    """A date that is over, or too far away to be one."""

    slug = "case-date-wrong"

    def __init__(self, days: int) -> None:
        super().__init__(
            Words(en=f"The date has to lie ahead, at most {days} days. Nothing was changed.", zh=f"日期须在今后 {days} 天之内，未作任何更改。")
        )


class CaseWithoutOutcome(ConciergeError):
    """It cannot be closed without saying what came of it."""

    slug = "case-without-outcome"

    def __init__(self) -> None:
        super().__init__(Words(en="Say what came of it first. Nothing was changed.", zh="请先填写处理结果，未作任何更改。"))
