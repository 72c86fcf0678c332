"""Times on the command line are written as in specs: `90s`, `5m`, `2h`; a bare number is seconds."""

from __future__ import annotations

import re
from typing import Any

import click

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
FORM = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")


class Duration(click.ParamType[float]):
    """Seconds as a float."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, (int, float)):
            return float(value)
        found = FORM.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no time such as 90s, 5m or 2h", param, ctx)
        return float(found[1]) * UNITS[found[2]]


DURATION = Duration()
