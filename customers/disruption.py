"""A disruption: what the airline's system says went wrong with one flight, since when it is known, and why."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from basics.words import Words, words

Event = Literal["delay", "cancellation", "denied_boarding", "schedule_change"]
Cause = Literal["technical", "crew", "planning", "own_strike", "weather", "air_traffic_control", "airport", "security", "other_strike", "unknown"]

CAUSE_WORDS: dict[Cause, Words] = {
    "technical": words("a technical fault of the aircraft", "飞机技术故障"),
    "crew": words("missing crew", "机组人员不足"),
    "planning": words("our own planning", "公司运行调配"),
    "own_strike": words("a strike of our own people", "本公司员工罢工"),
    "weather": words("the weather", "天气原因"),
    "air_traffic_control": words("air traffic control", "空中交通管制"),
    "airport": words("the closure of an airport", "机场关闭"),
    "security": words("a security alert", "安全原因"),
    "other_strike": words("a strike of others", "其他单位罢工"),
    "unknown": words("a cause that is not known yet", "原因尚待确认"),
}
EXTRAORDINARY: frozenset[Cause] = frozenset({"weather", "air_traffic_control", "airport", "security", "other_strike"})


class Disruption(BaseModel, frozen=True):
    """What happened to a leg. Minutes are against the schedule on the ticket; `arrives_late` is None until it is known.

    `rerouted` is the flight offered instead, as (hours earlier at departure, hours later at arrival).
    """

    event: Event
    cause: Cause = "unknown"
    announced_at: AwareDatetime
    leaves_late: int = Field(default=0, ge=0)
    arrives_late: int | None = Field(default=None, ge=0)
    rerouted: tuple[float, float] | None = None

    @property
    def extraordinary(self) -> bool | None:
        """Whether the cause lies outside the airline's own doing; None where the cause is not known."""
        return None if self.cause == "unknown" else self.cause in EXTRAORDINARY
