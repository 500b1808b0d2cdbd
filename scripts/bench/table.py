# SPDX-License-Identifier: GPL-2.0-only
"""The table of all rows, and bench.json."""
import json

COLUMNS = ("row", "class", "latency", "model", "ours", "theirs", "against", "ratio", "unit")
RIGHT = {"latency", "ours", "theirs", "ratio"}


def text_of_number(value):
    """Four digits at least, and never an exponent."""
    if value is None:
        return "-"
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:.0f}"
    text = f"{value:.4f}" if abs(value) < 1 else f"{value:.4g}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cells(entry):
    latency = "-" if entry.latency_us is None else f"{entry.latency_us} us"
    return [entry.row.name, entry.klass or "-", latency, entry.model or "-", text_of_number(entry.ours),
            text_of_number(entry.theirs), entry.row.against or "-", text_of_number(entry.ratio), entry.row.unit]


def text_of(entries):
    """A table; rows that belong together stand below what they are about."""
    lines = [list(COLUMNS), *map(cells, entries)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(COLUMNS))]

    def laid_out(line):
        return "  ".join(cell.rjust(width) if name in RIGHT else cell.ljust(width)
                         for name, cell, width in zip(COLUMNS, line, widths)).rstrip()

    text, note = [laid_out(lines[0]), "  ".join("-" * width for width in widths)], None
    for entry, line in zip(entries, lines[1:]):
        if entry.row.note != note:
            note = entry.row.note
            text += ["", f"# {note}"]
        text.append(laid_out(line))
    return "\n".join(text)


def json_of(entries):
    """One entry a line, so that two runs can be compared."""
    return "[\n" + ",\n".join("  " + json.dumps(entry.as_json()) for entry in entries) + "\n]\n"
