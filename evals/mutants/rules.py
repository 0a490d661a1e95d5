"""The rules that mutations are made by, as the file rules.yaml holds them."""

from pathlib import Path
from typing import Any

import yaml

RULES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8"))
"""`falsified` by language and kind; `added`, `unit`, `same` and `afresh` by language."""
