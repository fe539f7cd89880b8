"""The table that a run prints: what was measured, beside what, the goal, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_HEADS = ("what", "ours", "other", "ratio", "goal", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `met` is None for a figure without a goal."""

    name: str
    ours: str
    other: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """Return what stands in the columns."""
        return (self.name, self.ours, self.other, self.ratio, self.goal, {None: "", True: "yes", False: "NO"}[self.met])


def told(name: str, ours: str, other: str = "") -> Row:
    """Make a row that has no goal."""
    return Row(name, ours, other)


def at_most(name: str, ours: float, goal: float, unit: str = "") -> Row:
    """Make a row for a figure that must not be larger than its goal."""
    return Row(name, figure(ours, unit), goal=f"≤ {figure(goal, unit)}", met=ours <= goal)


def exactly(name: str, ours: int, goal: int) -> Row:
    """Make a row for a count that must be met."""
    return Row(name, f"{ours:,}", goal=f"= {goal:,}", met=ours == goal)


def ratio_at_most(name: str, ours: float, other: float, goal: float, unit: str) -> Row:
    """Make a row for ours over the other, which must not be larger than its goal."""
    ratio = ours / other
    return Row(name, figure(ours, unit), figure(other, unit), f"{ratio:.2f} ×", f"≤ {goal:g} ×", ratio <= goal)


def ratio_at_least(name: str, ours: float, other: float, goal: float, unit: str) -> Row:
    """Make a row for ours over the other, which must not be smaller than its goal."""
    ratio = ours / other
    return Row(name, figure(ours, unit), figure(other, unit), f"{ratio:.2f} ×", f"≥ {goal:g} ×", ratio >= goal)


def figure(value: float, unit: str = "") -> str:
    """Write a figure with three digits that count, and its unit."""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{digits}f} {unit}".rstrip()


def lines(rows: Iterable[Row]) -> list[str]:
    """Lay out rows under the heads of the columns."""
    cells = [_HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
    laid = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    return [laid[0], "─" * max(map(len, laid)), *laid[1:]]
