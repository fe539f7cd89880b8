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
    base = min(line.depth for line in lines)
    blocks: list[Block] = []
    group: list[Line] = []
    for line in lines:
        if group and not _belongs(line, group[-1], base):
            blocks.append(_block(group, base))
            group = []
        group.append(line)
    blocks.append(_block(group, base))
    return Document(tuple(blocks))


def _shape(line: Line, base: int) -> str:
    if line.depth > base:
        return "quote"
    return "item" if line.form in {"item", "more"} else line.form


def _belongs(line: Line, before: Line, base: int) -> bool:
    shape = _shape(line, base)
    if shape != _shape(before, base):
        return False
    if shape == "item":
        return not (line.gap and line.form == "item" and line.level == 0 and line.number == 1)
    if shape == "quote" and not line.gap:
        return True
    return not line.gap or shape == "pre"


def _block(lines: Sequence[Line], base: int) -> Block:
    shape = _shape(lines[0], base)
    if shape == "pre":
        return Preformatted("\n".join(("\n" if n and line.gap else "") + line.text for n, line in enumerate(lines)))
    if shape == "item":
        return Items(tuple(_items(lines)))
    runs = _joined(lines)
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
    runs: list[Run] = []
    for n, line in enumerate(lines):
        if n:
            runs.append(_BREAK)
        runs += line.runs
    return tuple(runs)
