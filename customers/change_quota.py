"""How often a right can be used, in words for a card."""

from basics.words import Words, words
from customers.rules import Quota

_PER = {
    "leg": words("flight", "个航班"),
    "booking": words("booking", "个订单"),
    "traveller": words("traveller", "位旅客"),
    "company": words("company", "家企业"),
}


def quota_worded(quota: Quota) -> Words:
    """How often a right can be used, for a card."""
    per = _PER[quota.per]
    if quota.within is not None:
        within = words("one calendar year", "一个自然年") if quota.within == "calendar year" else _span(quota.within)
        limit = words("At most {n} in {within} per {per}.", "每{per}在{within}内限用{n}次。")
        return limit.filled(n=words("once" if quota.times == 1 else f"{quota.times} times", str(quota.times)), within=within, per=per)
    if quota.times == 1:
        return words("This can be done once per {per}.", "每{per}限用一次。").filled(per=per)
    return words(f"This can be done {quota.times} times per {{per}}.", f"每{{per}}限用{quota.times}次。").filled(per=per)


def _span(within: str) -> Words:
    number, unit = within.split()
    unit = unit.removesuffix("s")
    zh = {"hour": "小时", "day": "天", "week": "周", "month": "个月", "year": "年"}[unit]
    return words(f"{number} {unit}{'s' if number != '1' else ''}", f"{number}{zh}")
