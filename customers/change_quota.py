"""How often a right can be used, in words for a card."""

from basics.words import Words, words
from customers.rules import Quota
from customers.uses import Per

PER: dict[Per, Words] = {
    "leg": words("flight", "个航班"),
    "booking": words("booking", "个订单"),
    "traveller": words("traveller", "位旅客"),
    "company": words("company", "家企业"),
}


def quota_worded(quota: Quota) -> Words:
    """How often a right can be used, for a card."""
    per = PER[quota.per]
    if quota.within is not None:
        limit = words("At most {n} in {within} per {per}.", "每{per}在{within}内限用{n}次。")
        return limit.filled(n=words("once" if quota.times == 1 else f"{quota.times} times", str(quota.times)), within=period(quota.within), per=per)
    if quota.times == 1:
        return words("This can be done once per {per}.", "每{per}限用一次。").filled(per=per)
    return words(f"This can be done {quota.times} times per {{per}}.", f"每{{per}}限用{quota.times}次。").filled(per=per)


def period(within: str) -> Words:
    """`3 months` or `calendar year` of a rule file, for a person."""
    if within == "calendar year":
        return words("one calendar year", "一个自然年")
    number, unit = within.split()
    unit = unit.removesuffix("s")
    zh = {"hour": "小时", "day": "天", "week": "周", "month": "个月", "year": "年"}[unit]
    return words(f"{number} {unit}{'s' if number != '1' else ''}", f"{number}{zh}")
