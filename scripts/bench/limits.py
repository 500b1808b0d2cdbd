# SPDX-License-Identifier: GPL-2.0-only
"""What the benchmark must show, from limits.toml, held against what it measured."""
import fnmatch
from typing import NamedTuple

import expression
from evaluate import median
from rows import load_data
from table import text_of_number


class Limit(NamedTuple):
    name: str
    rows: list
    value: str
    at_most: object = None
    at_least: object = None
    only: dict = {}
    exclude: list = []
    base: str = None


class Verdict(NamedTuple):
    name: str
    why: str    # it is not kept; empty if it is


def load():
    limits = []
    for given in load_data("limits.toml")["limit"]:
        given["exclude"] = given.pop("except", [])
        limits.append(Limit(**given))
    return limits


def is_such(entry, conditions):
    facts = {"row": entry.row.name, "class": entry.klass, "latency_us": entry.latency_us, "model": entry.model}
    return all(facts[name] in (wanted if isinstance(wanted, list) else [wanted]) for name, wanted in conditions.items())


def applies(limit, entry):
    return (any(fnmatch.fnmatchcase(entry.row.name, pattern) for pattern in limit.rows)
            and is_such(entry, limit.only) and not any(is_such(entry, such) for such in limit.exclude))


def same_of(name, entry, entries):
    """Another row's entry of the same class and time; None if that row was not selected."""
    for other in entries:
        if other.row.name == name and (other.klass, other.latency_us, other.model) == (
                entry.klass, entry.latency_us, entry.model):
            return other
    return None


def judge(limit, entry, base):
    """Why the limit is not kept; empty if it is."""
    names = {"ours": entry.ours, "theirs": entry.theirs, "ratio": entry.ratio, "slowdown": entry.slowdown,
             "base": base.ours if base else None}
    contexts = [{**record, **names} for record in entry.our.records]
    try:
        got = median(limit.value, contexts)
        bound = median(limit.at_most if limit.at_least is None else limit.at_least, contexts)
    except expression.Missing as why:
        return f"got nothing: {why}"
    kept = got <= bound if limit.at_least is None else got >= bound
    if kept:
        return ""
    texts = [text_of_number(got), text_of_number(bound)]
    if texts[0] == texts[1]:
        texts = [f"{value:.7g}" for value in (got, bound)]
    return "got {}, limit {}".format(*texts)


def check(limits, entries):
    """Verdicts: what each entry lacks, and each limit for each entry it applies to."""
    for entry in entries:
        yield Verdict(f"{entry.name}.measured", "; ".join(entry.problems))
        for limit in limits:
            base = same_of(limit.base, entry, entries) if limit.base else None
            # What relates two rows is only said if both were asked for.
            if applies(limit, entry) and (base or not limit.base):
                yield Verdict(f"{entry.name}.{limit.name}", judge(limit, entry, base))
