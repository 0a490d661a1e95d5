"""The kinds of changes, by name: a new kind is a file that fits `Kind` and a line here (and its name in customers/order.py)."""

from collections.abc import Mapping

from customers import change_bag, change_lounge, change_payment, change_rebooking, change_refund, change_seat, change_voucher
from customers.change_kind import Kind
from customers.order import ChangeKind

KINDS: Mapping[ChangeKind, Kind] = {
    "rebooking": change_rebooking,
    "refund": change_refund,
    "payment": change_payment,
    "voucher": change_voucher,
    "seat": change_seat,
    "bag": change_bag,
    "lounge": change_lounge,
}
