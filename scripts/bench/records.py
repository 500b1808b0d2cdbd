# SPDX-License-Identifier: GPL-2.0-only
"""What the lab's scenarios measured: a JSON object a line, with parameters and `data`."""
import json
import os


def number(text):
    """A parameter comes from a shell, so a number may be a string."""
    return int(text) if isinstance(text, str) and text.isdecimal() else text


def flat(record):
    """Parameters and data side by side, so that expressions and conditions can name both."""
    data = record.pop("data")
    return {**(data if isinstance(data, dict) else {"data": data}),
            **{name: number(text) for name, text in record.items()}}


def read(path):
    """The records of a file, and complaints about lines that are none."""
    records, complaints = [], []
    if not os.path.exists(path):
        return records, [f"no {os.path.basename(path)}: no scenario came to its end"]
    with open(path, encoding="utf-8") as file:
        for count, line in enumerate(file, 1):
            try:
                records.append(flat(json.loads(line)))
            except (ValueError, KeyError, AttributeError, TypeError):
                complaints.append(f"line {count} is no record: {line[:60].rstrip()}")
    return records, complaints


def matching(records, where):
    return [record for record in records if all(record.get(name) == wanted for name, wanted in where.items())]


def seconds(records):
    """How long each scenario took."""
    return {record["scenario"]: record["data"] for record in matching(records, {"name": "seconds"})}
