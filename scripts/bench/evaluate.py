# SPDX-License-Identifier: GPL-2.0-only
"""From records to the values of rows."""
import dataclasses
import math
import statistics

import expression
from records import matching


@dataclasses.dataclass
class Side:
    """What one of the two came to, from which records, or why there is nothing."""
    value: float = None
    undivided: float = None     # the value before it was divided by the row's base
    records: list = dataclasses.field(default_factory=list)
    problem: str = ""


@dataclasses.dataclass
class Entry:
    """A row for one class, latency and model."""
    row: object
    klass: str
    latency_us: int
    model: str
    our: Side
    their: Side

    @property
    def ours(self):
        return self.our.value

    @property
    def theirs(self):
        return self.their.value

    @property
    def problems(self):
        return [side.problem for side in (self.our, self.their) if side.problem]

    @property
    def ratio(self):
        return None if self.ours is None or not self.theirs else self.ours / self.theirs

    @property
    def slowdown(self):
        """How many times worse ours is than theirs; below 1 it is better. Whose idle time is short has a large multiple
        of it soon: what was measured counts, not the multiple."""
        ours, theirs = self.our.undivided, self.their.undivided
        if ours is None or theirs is None:
            return None
        worse, better = (ours, theirs) if self.row.better == "lower" else (theirs, ours)
        if better:
            return worse / better
        return math.inf if worse else 1.0

    @property
    def name(self):
        time = [] if self.latency_us is None else [f"{self.latency_us}us", self.model]
        return ".".join([self.row.name, *([self.klass] if self.klass else []), *time])

    def as_json(self):
        return {"row": self.row.name, "class": self.klass or None, "latency_us": self.latency_us, "model": self.model,
                "against": self.row.against, "ours": rounded(self.ours), "theirs": rounded(self.theirs),
                "ratio": rounded(self.ratio), "unit": self.row.unit}


def rounded(value):
    """Six digits, which is more than any of the measurements has."""
    if value is None or isinstance(value, int):
        return value
    value = float(f"{value:.6g}")
    return int(value) if value.is_integer() else value


def median(row_value, records):
    """Of a value of each record, which may have been measured several times."""
    if not records:
        raise expression.Missing("no record")
    return statistics.median(expression.value(row_value, record) for record in records)


def measure(row, records, where):
    """What the records of one side come to."""
    own = matching(records, where)
    try:
        undivided = result = median(row.value, own)
        if row.base:
            result = expression.value("result / base", {
                "result": result, "base": median(row.value, matching(records, {**where, **row.base}))})
    except expression.Missing as why:
        return Side(problem=f"{where['side']}: {why} from {' or '.join(row.scenarios)}")
    return Side(result, undivided, own)


def evaluate_entry(row, records, klass, time):
    where = {**row.where, **row.classes[klass], "name": row.record}
    if time != (None, None):
        where |= dict(zip(("latency_us", "model"), time))
    return Entry(row, klass, *time, *(measure(row, records, {**where, "side": side}) if side else Side()
                                      for side in ("ours", row.against)))


def evaluate(rows, records):
    """An entry for all that rows should have, whether there is a record of it or not."""
    return [evaluate_entry(row, records, klass, time)
            for row in rows for klass in row.classes for time in row.times]
