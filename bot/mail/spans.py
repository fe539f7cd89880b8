"""Words put in the place of others in what was read, wherever one style of a text ends and the next begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from bot.mail.document import Block, Document, Item, Items, Mail, Part, Preformatted, Run, words


class Span(NamedTuple):
    """A stretch of a text, and the words that stand in its place."""

    start: int
    end: int
    words: str


class Edit(NamedTuple):
    """A change of what was read: `run` changes each run, then `find` returns a text's spans, in order and apart."""

    find: Callable[[str], list[Span]]
    run: Callable[[Run], Run]

    def text(self, text: str) -> str:
        """Change a plain text."""
        return _without(text, 0, self.find(text))

    def document(self, document: Document) -> Document:
        """Change a document."""
        return Document(tuple(self._block(block) for block in document.blocks))

    def mail(self, mail: Mail) -> Mail:
        """Change all parts of a mail, and what it says of earlier messages' headers."""
        return mail._replace(parts=tuple(self._part(part) for part in mail.parts))

    def _part(self, part: Part) -> Part:
        def tell() -> tuple[str, str]:
            return self.text(part.who), self.text(part.when)

        return Part(part.kind, self.document(part.document), tell, part.intro_blocks)

    def _block(self, block: Block) -> Block:
        if isinstance(block, Preformatted):
            return Preformatted(self.text(block.text))
        if isinstance(block, Items):
            return Items(tuple(Item(self._runs(item.runs), item.level, item.number) for item in block.items))
        return type(block)(self._runs(block.runs))

    def _runs(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """Change runs together: an address may be half bold. Its words stand where it began."""
        runs = tuple(self.run(run) for run in runs)
        spans = self.find(words(runs))
        changed = []
        at = 0
        for run in runs:
            changed.append(run._replace(text=_without(run.text, at, spans)) if spans else run)
            at += len(run.text)
        return tuple(changed)


def _without(text: str, at: int, spans: list[Span]) -> str:
    """Return the text of a run that begins at `at`, without what spans cover of it."""
    made: list[str] = []
    done = 0
    for span in spans[bisect_right(spans, at, key=lambda span: span.end) :]:
        start, end = span.start - at, span.end - at
        if start >= len(text):
            break
        made += [text[done : max(start, 0)], span.words if start >= 0 else ""]
        done = min(end, len(text))
    return "".join([*made, text[done:]])
