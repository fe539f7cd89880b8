"""What is wanted of the conversation call's answer, taken from its JSON without making anything of the rest.

Nothing is understood here: a value is what was sent, if it is a text, a number or a truth value, and else None.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypedDict, TypeVar

import msgspec

Scalar = str | int | float | bool | None


class FileEntry(msgspec.Struct, gc=False, rename="pascal"):
    """A file on a message, as it was sent."""

    file_name: Scalar = None
    file_size: Scalar = None
    content_type: Scalar = None
    content_path: Scalar = None
    content_id: Scalar = None
    ttl: Scalar = None

    def __repr__(self) -> str:
        return "FileEntry(<as it was sent>)"


class Entry(msgspec.Struct, gc=False, rename="pascal"):
    """A message, as it was sent."""

    id: Scalar = None
    related_activity_type: Scalar = None
    created_by: Scalar = None
    created_on: Scalar = None
    html: Scalar = None
    text: Scalar = None
    attachments: list[FileEntry] | None = None

    def __repr__(self) -> str:
        return "Entry(<as it was sent>)"


class Answer(TypedDict, total=False):
    """What the calls can answer, an error or not. Names that are not here are not read."""

    Total: Any
    ConversationList: list[Entry] | None
    Status: Any
    ExceptionType: Any
    ExceptionMessage: Any
    ReasonForFailure: Any
    Message: Any
    message: Any
    error: Any


_DECODER = msgspec.json.Decoder(Answer)
_Kind = TypeVar("_Kind", Entry, FileEntry)


def loads(body: bytes) -> object:
    """Read the JSON of an answer: as `Answer` where it has that shape, and else as what it is.

    Raises ValueError or RecursionError for what is no JSON.
    """
    try:
        # A third of the work of json.loads, and as strict, but for broken characters in what is not wanted.
        body.decode()
        return _DECODER.decode(body)
    except (ValueError, RecursionError):
        # Another shape, or half of a character, which json.loads takes.
        return json.loads(body)


def entries_of(values: Iterable[object]) -> Iterator[Entry]:
    """Return those values that are messages. They are JSON of any shape, or what `loads` has made of it."""
    for value in values:
        if isinstance(value, Entry):
            yield value
        elif isinstance(value, dict):
            files = value.get("Attachments")
            attached = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
            yield _taken(Entry, value, attachments=[_taken(FileEntry, file) for file in attached])


def _taken(kind: type[_Kind], values: Mapping[str, Any], **more: object) -> _Kind:
    names = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    taken = {field: value for field, name in names if isinstance(value := values.get(name), str | int | float)}
    return kind(**(taken | more))  # type: ignore[arg-type]
