"""An amount of money, exact, said as each language says it."""

from decimal import Decimal

from pydantic import BaseModel

from basics.words import Words

_ZH_UNITS = {"CNY": "元", "EUR": "欧元", "USD": "美元", "GBP": "英镑", "SGD": "新加坡元", "JPY": "日元", "AUD": "澳元"}


class Money(BaseModel, frozen=True):
    """`amount` in whole units of `currency` (ISO 4217), as a Decimal so that nothing is rounded on the way."""

    amount: Decimal
    currency: str = "CNY"

    def worded(self) -> Words:
        """`CNY 1,200` and `1,200 元`; zero is said as free of charge."""
        return Words(en="free of charge", zh="免费") if self.amount == 0 else self.counted()

    def counted(self) -> Words:
        """The same in a column of figures, where nothing is zero: `CNY 0` and `0 元`."""
        number = f"{self.amount.normalize():,f}"
        return Words(en=f"{self.currency} {number}", zh=f"{number} {_ZH_UNITS.get(self.currency, self.currency)}")
