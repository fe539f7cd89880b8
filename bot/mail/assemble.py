"""Lines as documents: paragraphs, lists, quotes and preformatted text."""

from __future__ import annotations

from collections.abc import Sequence

from bot.mail.document import Block, Document, Item, Items, Paragraph, Preformatted, Quote, Run
from bot.mail.lines import Line

_BREAK = Run("\n")


def document(lines: Sequence[Line]) -> Document:
    """Return lines as a document. What all of them are quoted by does not show; what only some are does."""
    if not lines:
        return Document()
    base = min([line.depth for line in lines])
    groups: list[tuple[str, list[Line]]] = []
    before = ""
    for line in lines:
        shape = "quote" if line.depth > base else "item" if line.form == "more" else line.form
        if shape != before or (line.gap and _begins(line, shape)):
            groups.append((shape, [line]))
            before = shape
        else:
            groups[-1][1].append(line)
    return Document(tuple([_block(shape, group) for shape, group in groups]))


def _begins(line: Line, shape: str) -> bool:
    """Tell whether a line behind a gap begins a block, and not only a part of one."""
    if shape == "item":
        return line.form == "item" and line.level == 0 and line.number == 1
    return shape != "pre"


def _block(shape: str, lines: Sequence[Line]) -> Block:
    if shape == "pre":
        return Preformatted("\n".join([("\n" if n and line.gap else "") + line.text for n, line in enumerate(lines)]))
    if shape == "item":
        return Items(tuple(_items(lines)))
    runs = tuple(lines[0].runs) if len(lines) == 1 else _joined(lines)
    return Quote(runs) if shape == "quote" else Paragraph(runs)


def _items(lines: Sequence[Line]) -> list[Item]:
    firsts: list[Line] = []
    runs: list[list[Run]] = []
    for line in lines:
        if line.form == "more" and firsts:
            runs[-1] += [_BREAK, *line.runs]
        else:
            firsts.append(line)
            runs.append([*line.runs])
    return [Item(tuple(said), min(first.level, 8), first.number) for first, said in zip(firsts, runs, strict=True)]


def _joined(lines: Sequence[Line]) -> tuple[Run, ...]:
    runs = [*lines[0].runs]
    for line in lines[1:]:
        runs.append(_BREAK)
        runs += line.runs
    return tuple(runs)
