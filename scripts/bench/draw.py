# SPDX-License-Identifier: GPL-2.0-only
"""The pictures: latency of each class, throughput and storm time against VFs. One panel for each latency and model."""
import collections
import os
import re

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot, ticker  # noqa: E402

# The same input gives the same bytes.
matplotlib.rcParams.update({"svg.hashsalt": "virtio-legacy-vfio", "svg.fonttype": "none", "font.size": 9,
                            "axes.grid": True, "grid.linewidth": 0.4, "grid.color": "0.85"})
METADATA = {"Date": None}

# To be told apart without colours, too.
STYLES = {
    "ours": {"label": "ours", "color": "#004a99", "linestyle": "-", "linewidth": 2.0, "marker": "o", "markersize": 5},
    "theirs": {"label": "in-tree", "color": "#d95f02", "linestyle": (0, (4, 2)), "linewidth": 1.4, "marker": "s",
               "markersize": 6, "markerfacecolor": "none"},
}
# A point of another class than the line's.
APART = {"linestyle": "none", "marker": "^", "markersize": 9, "markerfacecolor": "none"}


def by_time(entries):
    panels = collections.defaultdict(list)
    for entry in entries:
        panels[(entry.latency_us, entry.model)].append(entry)
    return panels


def figure(title, panels, fill, path):
    """A column for each latency, a row for each model. An empty corner has the legend, or else the first panel."""
    latencies = sorted({latency for latency, _ in panels})
    models = sorted({model for _, model in panels})
    picture, grid = pyplot.subplots(len(models), len(latencies), figsize=(3.6 * len(latencies), 0.4 + 2.8 * len(models)),
                                    squeeze=False, layout="constrained")
    handles, corner = {}, None
    for row, model in enumerate(models):
        for column, latency in enumerate(latencies):
            axes = grid[row][column]
            if (latency, model) not in panels:
                axes.set_axis_off()
                corner = axes
                continue
            axes.set_title(f"latency {latency} µs" + (f", {model}" if latency else ""))
            fill(axes, panels[(latency, model)])
            if not axes.lines:
                axes.text(0.5, 0.5, "nothing measured", ha="center", transform=axes.transAxes)
            handles |= {label: handle for handle, label in zip(*axes.get_legend_handles_labels())}
    if handles:
        where = {"loc": "center"} if corner else {"loc": "best"}
        (corner or grid[0][0]).legend(handles.values(), handles.keys(), handlelength=4, **where)
    picture.suptitle(title)
    picture.savefig(path, format="svg", metadata=METADATA)
    pyplot.close(picture)
    return path


def histogram(side):
    """Buckets and how many samples are in each, of all repetitions."""
    total = collections.Counter()
    for record in side.records:
        total.update(dict(map(tuple, record.get("histogram", []))))
    return sorted(total.items())


def end_of_bucket(start):
    """vfio-storm tells samples apart by the two bits below the highest one."""
    return start + (1 << max(0, start.bit_length() - 3))


def distribution(buckets):
    """Points of the cumulative distribution, in µs and per cent: the share is known at the ends of buckets."""
    total, so_far = sum(count for _, count in buckets), 0
    times, shares = [], []
    for start, count in buckets:
        times += [max(start, 1) / 1000, end_of_bucket(start) / 1000]
        shares += [100 * so_far / total, 100 * (so_far + count) / total]
        so_far += count
    return times, shares


def fill_distribution(axes, entries):
    for entry in entries:
        for name, side in (("ours", entry.our), ("theirs", entry.their)):
            buckets = histogram(side)
            if buckets:
                axes.plot(*distribution(buckets), **{**STYLES[name], "marker": None})
    axes.set(xlabel="time of an access, µs", ylabel="accesses that took no longer, %", ylim=(0, 102))
    logarithmic(axes, "x")


def vfs_of(entry):
    return int(re.search(r"vfs(\d+)$", entry.row.name).group(1))


def fill_against_vfs(unit):
    """A function that draws the rows of a panel: a line for each side, and points for other classes."""
    def fill(axes, entries):
        for klass in dict.fromkeys(entry.klass for entry in entries):
            for name, style in STYLES.items():
                points = sorted((vfs_of(entry), getattr(entry, name)) for entry in entries
                                if entry.klass == klass and getattr(entry, name) is not None)
                if points:
                    apart = {**APART, "label": f"{style['label']}, {klass}"} if klass else {}
                    axes.plot(*zip(*points), **{**style, **apart})
        axes.set(xlabel="VFs at once", ylabel=unit)
        logarithmic(axes, "x")
        logarithmic(axes, "y")
        axes.set_xticks(sorted({vfs_of(entry) for entry in entries}))
    return fill


def logarithmic(axes, which):
    """With room around what is drawn, so that there are always two numbers to read, and those as people write them."""
    if not axes.lines:
        return
    low, high = getattr(axes.dataLim, f"interval{which}")
    axes.set(**{f"{which}scale": "log", f"{which}lim": (low / 2, high * 2)})
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,.12g}"))
    axis.set_minor_locator(ticker.NullLocator())


def draw(entries, folder):
    """Draw what was selected; yields the paths."""
    classes = collections.defaultdict(dict)
    for entry in entries:
        # Both percentiles are of one distribution.
        if entry.row.name.startswith("access."):
            classes[entry.klass][(entry.latency_us, entry.model)] = [entry]
    for klass, panels in classes.items():
        yield figure(f"Time of one access, class {klass}", panels, fill_distribution,
                     os.path.join(folder, f"latency-{klass}.svg"))
    for name, title, unit in (("throughput", "Throughput of one PF, all VFs busy", "accesses a second"),
                              ("storm", "Network bring-up on all VFs at once", "first to last access, ms")):
        members = [entry for entry in entries if entry.row.name.startswith(f"{name}.")]
        if members:
            yield figure(title, by_time(members), fill_against_vfs(unit), os.path.join(folder, f"{name}.svg"))
