"""What a turn or a change can be refused for: plain sentences in both languages; doors map the slugs to statuses."""

from datetime import datetime

from basics.errors import ConciergeError
from basics.words import Words


class EmptyMessage(ConciergeError):
    """Nothing was written."""

    slug = "empty-message"

    def __init__(self) -> None:
        super().__init__(Words(en="The message is empty. Write your question and send it again.", zh="消息是空的，请写下您的问题再发送。"))


class MessageTooLong(ConciergeError):
    """More than one message may hold."""

    slug = "message-too-long"

    def __init__(self, longest: int) -> None:
        super().__init__(
            Words(
                en=f"The message is longer than {longest} characters. It was not sent; please shorten it.",
                zh=f"消息超过 {longest} 个字，未能发送，请精简后再发。",
            ),
            longest=longest,
        )


class AddressKnown(ConciergeError):
    """A traveller's address is the customer platform's to know."""

    slug = "address-known"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="You are signed in: answers go to the address of your account. Nothing was changed.",
                zh="您已登录，答复会发送至账户中的邮箱，未作任何更改。",
            )
        )


class ConversationClosed(ConciergeError):
    """Nobody listens there any more."""

    slug = "conversation-closed"

    def __init__(self) -> None:
        super().__init__(Words(en="This conversation is closed. Start a new one.", zh="该会话已结束，请开始新的会话。"))


class ProposalExpired(ConciergeError):
    """The yes came too late."""

    slug = "proposal-expired"

    def __init__(self, proposal_id: str, expired_at: datetime) -> None:
        super().__init__(
            Words(
                en=f"Proposal {proposal_id} expired at {expired_at:%H:%M} UTC. Nothing was changed. Ask again to get a fresh proposal.",
                zh=f"方案 {proposal_id} 已于 {expired_at:%H:%M}（UTC）过期，未作任何更改。请重新提出，以获取新方案。",
            )
        )


class ProposalDeclined(ConciergeError):
    """It was declined before."""

    slug = "proposal-declined"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="This proposal was declined. Nothing was changed. Ask again to get a fresh one.",
                zh="该方案已放弃，未作任何更改。如需办理，请重新提出。",
            )
        )


class ProposalFailed(ConciergeError):
    """It was tried, and the airline said no; or the right was used up meanwhile."""

    slug = "proposal-settled-otherwise"

    def __init__(self, why: Words) -> None:
        super().__init__(Words(en=f"{why.en} Nothing was changed.", zh=f"{why.zh}未作任何更改。"))


class UndoOver(ConciergeError):
    """It cannot be taken back: it never could, it was already, or its time has passed."""

    slug = "undo-over"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="This cannot be taken back, or not any more. Nothing was changed. Ask for a person if it must be.",
                zh="该变更不可撤销，或已超过可撤销的时限，未作任何更改。如确有需要，请联系人工服务。",
            )
        )


class KeyUsed(ConciergeError):
    """An idempotency key came with another proposal or option before."""

    slug = "key-used"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="This Idempotency-Key was used for another call in this conversation. Nothing was changed. Use a fresh key for a fresh yes.",
                zh="该 Idempotency-Key 已用于本会话中的另一次操作，未作任何更改。每次新的确认请使用新的键值。",
            )
        )


class ChangeUnderWay(ConciergeError):
    """The airline has not answered yet; the change is being processed and will not be made twice."""

    slug = "change-under-way"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="Your change is being processed: the airline's system has not answered yet. It will not be made twice; the result comes here.",
                zh="您的变更正在处理中，航司系统尚未返回结果。不会重复办理，结果会显示在这里。",
            )
        )


class TicketTaken(ConciergeError):
    """Somebody was faster."""

    slug = "ticket-taken"

    def __init__(self, by: str) -> None:
        super().__init__(Words(en=f"{by} has taken this ticket already.", zh=f"{by} 已接手该工单。"), by=by)


class TicketNotOpen(ConciergeError):
    """It is resolved or returned."""

    slug = "ticket-not-open"

    def __init__(self) -> None:
        super().__init__(Words(en="This ticket is closed already. Nothing was sent.", zh="该工单已关闭，内容未发送。"))


class NotYourTicket(ConciergeError):
    """Only who holds it may answer."""

    slug = "not-your-ticket"

    def __init__(self) -> None:
        super().__init__(Words(en="You do not hold this ticket. Claim it first. Nothing was sent.", zh="该工单不在您手上，请先接手。内容未发送。"))


class GrantRefused(ConciergeError):
    """It cannot be granted."""

    slug = "grant-refused"

    def __init__(self, why: Words) -> None:
        super().__init__(Words(en=f"{why.en} Nothing was granted.", zh=f"{why.zh}未办理特批。"))


class GrantDecided(ConciergeError):
    """A lead has said otherwise already, or it never waited for one."""

    slug = "grant-decided"

    def __init__(self) -> None:
        super().__init__(
            Words(en="This grant does not wait for approval any more. Nothing was changed.", zh="该笔特批已不在待审批状态，未作任何更改。")
        )


class GrantNotTheirs(ConciergeError):
    """Nobody approves what they asked for themselves."""

    slug = "grant-is-yours"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="You asked for this grant yourself: another lead has to decide. Nothing was changed.",
                zh="该笔特批由您本人提出，须由另一位主管审批，未作任何更改。",
            )
        )


class NotALead(ConciergeError):
    """Signed in, but not as a lead."""

    slug = "not-a-lead"

    def __init__(self) -> None:
        super().__init__(Words(en="Only a lead may decide this. Nothing was changed.", zh="仅主管可以审批，未作任何更改。"))


class SignInFailed(ConciergeError):
    """Name or password is wrong; which one is not told."""

    slug = "sign-in-failed"

    def __init__(self) -> None:
        super().__init__(Words(en="Name or password is wrong.", zh="姓名或密码不正确。"))


class LockedOut(ConciergeError):
    """Too many wrong passwords."""

    slug = "locked-out"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            Words(
                en=f"Too many wrong passwords: this name is locked. Try again in {minutes} minute{'s' if minutes != 1 else ''}.",
                zh=f"密码错误次数过多，该账号已锁定，请 {minutes} 分钟后再试。",
            ),
            minutes=minutes,
        )


class NotSignedIn(ConciergeError):
    """A call without a valid token."""

    slug = "not-signed-in"

    def __init__(self) -> None:
        super().__init__(Words(en="Sign in first: the token is missing, unknown or has ended.", zh="请先登录：凭证缺失、无效或已过期。"))


class NotCompanyAdmin(ConciergeError):
    """Signed in, perhaps, but not as somebody who looks after a company; or not any more."""

    slug = "not-company-admin"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="This page is for the admins of a company in the programme, and you are not signed in as one. Nothing was shown. "
                "If you have just become an admin, sign in again.",
                zh="此页面仅供企业管理员使用，您目前并非以企业管理员身份登录，因此未显示任何内容。如果您刚成为管理员，请重新登录。",
            )
        )


class IdentityRefused(ConciergeError):
    """The host page's signed identity cannot be trusted; `may_go_on` says to pages whether one may go on without any."""

    slug = "identity-refused"

    def __init__(self, why: Words, may_go_on: bool = False) -> None:
        super().__init__(
            Words(en=f"The identity was refused: {why.en}. Sign in on the host page again.", zh=f"身份验证未通过：{why.zh}。请在网站上重新登录。"),
            may_go_on=may_go_on,
        )
        self.why = why


class IdentityNeeded(ConciergeError):
    """Here nobody talks without a signed identity (CONCIERGE_IDENTITY_MODE is enforce)."""

    slug = "identity-needed"

    def __init__(self) -> None:
        super().__init__(
            Words(en="This Concierge is for travellers who are signed in. Sign in on the page first.", zh="此服务仅面向已登录的旅客，请先登录。")
        )


class TagNotYours(ConciergeError):
    """Staff may set only the tags that are theirs to set."""

    slug = "tag-not-yours"

    def __init__(self, name: str, may_set: tuple[str, ...]) -> None:
        listed = ", ".join(may_set)
        super().__init__(
            Words(
                en=f"Staff cannot set or end the tag {name!r}. Nothing was changed. Theirs are: {listed}.",
                zh=f"工作人员不能设置或取消标签 {name!r}，未作任何更改。可设置的标签：{listed}。",
            )
        )


class TagEndsBefore(ConciergeError):
    """A tag that would be over before it begins."""

    slug = "tag-ends-before"

    def __init__(self) -> None:
        super().__init__(Words(en="The end lies in the past. Nothing was changed.", zh="结束时间已过，未作任何更改。"))


class LessonDecided(ConciergeError):
    """It is not open any more."""

    slug = "lesson-decided"

    def __init__(self) -> None:
        super().__init__(
            Words(
                en="This lesson was decided, or changed, by somebody else meanwhile. Nothing was changed; look at it again.",
                zh="该条经验已被他人处理或修改，本次未作更改，请重新查看。",
            )
        )


class LessonNeedsTheOther(ConciergeError):
    """Its author may not publish it alone yet."""

    slug = "lesson-needs-the-other"

    def __init__(self, alone_at: datetime) -> None:
        super().__init__(
            Words(
                en=f"You wrote this lesson: your colleague can publish it now, you yourself from {alone_at:%H:%M} UTC on. Nothing was changed.",
                zh=f"该条经验由您撰写：同事可立即发布，您本人须在 UTC {alone_at:%H:%M} 之后。未作任何更改。",
            ),
            alone_at=alone_at.isoformat(),
        )


class LessonRefused(ConciergeError):
    """It can be no article: a contradiction, or a field that is none."""

    slug = "lesson-refused"

    def __init__(self, why: Words) -> None:
        super().__init__(Words(en=f"{why.en}. Nothing was published.", zh=f"{why.zh}。未发布任何内容。"))
