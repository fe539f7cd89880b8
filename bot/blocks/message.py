"""One message of a conversation: who, when, its new words, what is folded away, and its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot import mail
from bot.blocks import rich_text
from bot.blocks.elements import Block, Element, button, one_line, section_with_button, utc_words
from bot.blocks.files import file_name, file_rows, file_words
from bot.blocks.ids import WHOLE_MESSAGE, FileSpot, PartSpot
from bot.blocks.limits import cut, shorten
from bot.leadsquared.model import Conversation, Kind, Message

# One message's own words: so that a page holds at least three, and a long mail does not push all else away.
MESSAGE_CHARS = 2800
# In the words-only account each message gets a line or two.
_LINE_CHARS = 280
# How many messages before one are looked at for what it quotes.
_LOOK_BACK = 8
# Shorter words are repeated by chance.
_REPEATED_CHARS = 40
_MARKS = "•>*_|"

_KINDS = {
    Kind.INBOUND_EMAIL: "Customer e-mail",
    Kind.OUTBOUND_EMAIL: "Reply by e-mail",
    Kind.PORTAL_INBOUND: "Customer on the portal",
    Kind.PORTAL_OUTBOUND: "Reply on the portal",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A message on a page: its place counted from the oldest, its blocks, and a line in words."""

    number: int
    message: Message
    blocks: list[Block] = field(repr=False)
    line: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What a page tells of one message: `shown` of its words, and in `folded` what is not, or "".

    `said` is the same in plain words. `mail` is the message as it was read.
    """

    message: Message
    mail: mail.Mail
    shown: list[Element] = field(repr=False)
    folded: str = field(repr=False)
    said: str = field(repr=False)

    def line(self) -> str:
        """Return what to say of it where there are no blocks."""
        when = utc_words(self.message.created) if self.message.created else "time not known"
        words, more = cut(" ".join(self.said.split()), _LINE_CHARS)
        line = f"{kind_words(self.message)}, {when}: {words or 'no text'}{'…' if more else ''}"
        if self.folded:
            line += f" ({self.folded.rstrip('.')})"
        if files := self.message.attachments:
            line += f" Attached: {shorten(', '.join(map(file_words, files)), _LINE_CHARS)}."
        return line


class Reader:
    """Reads the messages of one conversation, each once, and knows what was said before.

    `change` is made to each message once it is read.
    """

    def __init__(
        self, conversation: Conversation, change: Callable[[mail.Mail], mail.Mail] = lambda read: read
    ) -> None:
        self._conversation = conversation
        self._change = change
        self._readings: dict[int, _Reading] = {}

    def entry(self, number: int) -> Entry:
        """Build the entry of a message, counted from the oldest, 1."""
        told = self.tell(number)
        message, folded = told.message, told.folded
        show_all = button("Show all", WHOLE_MESSAGE, value=str(PartSpot(self._conversation.ticket_id, number)))
        blocks: list[Block] = [{"type": "divider"}, rich_text.rich_text([heading(message), *told.shown])]
        if folded:
            blocks.append(section_with_button(folded, show_all))
        # Where all that is folded stands on the ticket anyway, a button without words is enough.
        quiet = [show_all] if not folded and told.mail.history else []
        blocks += file_rows(message.attachments, quiet, FileSpot(self._conversation.ticket_id, number))
        return Entry(number, message, blocks, told.line())

    def tell(self, number: int, *, with_history: bool = False) -> Told:
        """Say what a page tells of a message. `with_history`: the messages it quotes are shown elsewhere."""
        read = self._read(number)
        reply = rich_text.elements(read.reply)
        repeats = bool(reply) and self._is_repeated(read.letters, number, least=_REPEATED_CHARS)
        if repeats:
            shown, rest = [_aside("Nothing new: this message only repeats an earlier one.")], reply
        else:
            shown, rest = rich_text.fit(reply, MESSAGE_CHARS) if reply else ([_aside("No text in this message.")], [])
        left = 0 if repeats else rich_text.characters(rest)
        earlier = () if with_history else read.mail.history
        folded = self._folded(read.mail, earlier, number, left=left, repeats=repeats)
        return Told(read.message, read.mail, shown, folded, "nothing new" if repeats else read.words)

    def _folded(self, read: mail.Mail, history: Sequence[mail.Part], number: int, *, left: int, repeats: bool) -> str:
        """Say what of a message is not shown, or nothing. What the ticket shows anyway is not counted."""
        sentences = [f"Cut here: {left:,} more characters."] if left else []
        hidden = ["its words"] if repeats else []
        if read.signature.blocks:
            hidden.append("signature")
        earlier = sum(not self._is_repeated(_letters(part.body.text), number) for part in history)
        if earlier:
            hidden.append(f"{earlier:,} earlier message{'s' * (earlier != 1)}")
        if hidden:
            listed = ", ".join(hidden[:-1]) + " and " * (len(hidden) > 1) + hidden[-1]
            sentences.append(f"{_capital(listed)} hidden.")
        if read.unread:
            sentences.append(f"Too long to be read whole: {read.unread:,} characters of its source are left out.")
        return " ".join(sentences)

    def _is_repeated(self, letters: str, number: int, *, least: int = 0) -> bool:
        """Tell whether words were said before on this ticket, in one of the last messages.

        A few words may stand in another message by chance: they must be all that it says.
        """
        if not letters or len(letters) < least:
            return False
        before = (self._read(n) for n in range(number - 1, max(0, number - 1 - _LOOK_BACK), -1))
        if len(letters) < _REPEATED_CHARS:
            return any(letters == read.letters for read in before)
        return any(letters in read.all_letters for read in before)

    def _read(self, number: int) -> _Reading:
        if number not in self._readings:
            self._readings[number] = _Reading(self._conversation.messages[number - 1], self._change)
        return self._readings[number]


class _Reading:
    """A message that has been read. What is asked for is worked out once."""

    def __init__(self, message: Message, change: Callable[[mail.Mail], mail.Mail]) -> None:
        self.message = message
        self.mail = change(read_message(message))
        self.reply = self.mail.reply

    @cached_property
    def words(self) -> str:
        """Its own words."""
        return self.reply.text

    @cached_property
    def letters(self) -> str:
        """The letters of its own words."""
        return _letters(self.words)

    @cached_property
    def all_letters(self) -> str:
        """The letters of all of it."""
        parts = self.mail.parts
        if all(part.kind == "reply" for part in parts):
            return self.letters
        return "".join([_letters(part.document.text) for part in parts])


def read_message(message: Message) -> mail.Mail:
    """Read a message's body. Images inside it are named after the attachments that they are."""
    names = {file.content_id: file_name(file) for file in message.attachments if file.content_id}
    return mail.read(message.html, message.text, names)


def heading(message: Message) -> Element:
    """Make the line that says what a message is and when it came."""
    when = rich_text.date(message.created) if message.created else rich_text.text("time not known")
    return rich_text.section(
        rich_text.text(kind_words(message), bold=True), rich_text.text("  ·  "), when, rich_text.text("\n")
    )


def kind_words(message: Message) -> str:
    """Say what a message is, in words."""
    if message.kind:
        return _KINDS[message.kind]
    name = one_line(message.activity_type)
    return f"Message of another kind ({shorten(name, 60)})" if name else "Message of unknown kind"


def _aside(words: str) -> Element:
    return rich_text.section(rich_text.text(words, italic=True))


def _letters(text: str) -> str:
    """Return what two renderings of the same words have in common."""
    letters = "".join(text.casefold().split())
    for mark in _MARKS:
        letters = letters.replace(mark, "")
    return letters


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
