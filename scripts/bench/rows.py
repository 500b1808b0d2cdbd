# SPDX-License-Identifier: GPL-2.0-only
"""The rows that there are, from rows.toml, and which of them are wanted."""
import fnmatch
import os
import tomllib
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))


class UnknownRow(Exception):
    """A pattern that matches no row."""


class Row(NamedTuple):
    name: str
    note: str
    unit: str
    scenarios: list
    record: str
    value: str
    better: str
    where: dict
    against: str = None
    base: dict = None
    classes: dict = {"": {}}
    times: list = [(None, None)]


def load_data(name):
    with open(os.path.join(HERE, name), "rb") as file:
        return tomllib.load(file)


def load():
    data = load_data("rows.toml")
    rows = []
    for family in data["family"]:
        shared = {name: given for name, given in family.items() if name != "row"}
        for own in family["row"]:
            given = {**shared, **own, "where": {**shared.get("where", {}), **own.get("where", {})}}
            times = given.pop("times", False)
            if times:
                given["times"] = [tuple(time) for time in (data["times"] if times is True else times)]
            rows.append(Row(**given))
    return rows


def select(rows, patterns):
    """The rows that one of the patterns, of the shell, matches; all without patterns."""
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(row.name, pattern) for row in rows):
            names = "\n  ".join(row.name for row in rows)
            raise UnknownRow(f"no row is called '{pattern}'; there are:\n  {names}")
    return [row for row in rows
            if not patterns or any(fnmatch.fnmatchcase(row.name, pattern) for pattern in patterns)]


def scenarios(rows):
    return list(dict.fromkeys(name for row in rows for name in row.scenarios))
