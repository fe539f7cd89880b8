"""What a message body is once it has been read: plain words in order, with nothing live in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A readable body: its paragraphs from first to last. A paragraph may hold line breaks."""

    paragraphs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole body, an empty line between paragraphs."""
        return "\n\n".join(self.paragraphs)
