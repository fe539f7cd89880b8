"""HTML mail as lines: one parse behind guards, one walk, nothing run and nothing fetched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from lxml import etree

from bot.mail.lines import BLOCKQUOTE, CONTAINER, CUT, QUOTED, Line
from bot.mail.links import address, content_key, image_words, pixels
from bot.mail.marks import Style, font_is_zero, is_client_quote, is_tight, marks_of, style_of
from bot.mail.office import level_of, typed_mark
from bot.mail.parse import parse
from bot.mail.tables import Tables
from bot.mail.tags import BREAKS, GAP, LINES, MARGIN, NEW_LINE, NOTHING, STYLES, UNSEEN
from bot.mail.writer import LineWriter

# The attributes that can say something of the words in an element.
_TELLING = frozenset(("style", "class", "id", "name", "hidden"))
# Paragraphs tell by their margins whether they are lines, quotes by theirs which client made them, images their size.
_STYLED = frozenset(("p", "blockquote", "img"))


def read_lines(html: str, names: Mapping[str, str]) -> tuple[list[Line], int, bool]:
    """Return the visible lines of an HTML body, how many of its characters were too many, and whether it was whole.

    `names` gives the file names of attachments by content id. What cannot be parsed has no lines.
    """
    root, unread, whole = parse(html)
    if root is None:
        return [], unread, whole
    walker = _Walker(names)
    walker.walk(root)
    return walker.writer.lines, unread + walker.writer.unread, whole


class _Walker:
    """One walk over a tree: visible text goes to the writer, with what the markup says of it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.writer = LineWriter()
        self._tables = Tables(self.writer.lines)
        self._names = {content_key(content_id): name for content_id, name in names.items()}
        self._lists: list[int | None] = []
        # The elements that say something, with what was said before: marks, depth, tiny, preformatted.
        self._frames: list[tuple[etree._Element, int, int, bool, int]] = []
        self._styles: dict[str, Style] = {}
        self._tiny = False
        self._tight = False
        self._office = False

    def walk(self, root: etree._Element) -> None:
        """Walk once, without recursion: mails nest as deep as they like."""
        writer, frames, lines, tags, ends = self.writer, self._frames, LINES, _TAGS, _ENDS
        events = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in events:
            tag = element.tag
            if event == "start":
                if tag == "br":
                    writer.line_break()
                    continue
                names = element.keys()
                if names and not _TELLING.isdisjoint(names):
                    enters = self._enter(tag, element, names)
                elif tag in lines:
                    self._tight = False
                    writer.new_line()
                    enters = True
                else:
                    enters = tag not in tags or self._begin(tag, element)
                words = element.text if enters else _behind(events, element)
            else:
                if tag in lines:
                    writer.new_line()
                elif tag in ends:
                    ends[tag](self)
                if frames and frames[-1][0] is element:
                    self._restore()
                words = element.tail
            if words and not self._tiny:
                writer.text(words)
        writer.new_line()

    def _begin(self, tag: str, element: etree._Element) -> bool:
        """Do what a tag alone says. Tells whether to go into the element."""
        if tag in UNSEEN:
            return False
        break_, start = _TAGS[tag]
        if break_:
            self._tight = False
            self.writer.new_line() if break_ == NEW_LINE else self.writer.gap()
        if tag == "blockquote":
            self._mark(tag, element, "", "")
        elif start is not None:
            start(self, element)
        return True

    def _enter(self, tag: str, element: etree._Element, names: Collection[str]) -> bool:
        """Do what a tag and its attributes say. Tells whether to go into the element."""
        if tag in UNSEEN or "hidden" in names:
            return False
        style = self._style(tag, element) if "style" in names else ""
        if style is None:
            return False
        class_ = (element.get("class") or "") if "class" in names else ""
        break_, start = _TAGS.get(tag, _NO_TAG)
        if break_:
            self._tight = break_ == MARGIN and is_tight(class_, style)
            self.writer.new_line() if break_ == NEW_LINE or self._tight else self.writer.gap()
        if style or class_ or tag == "blockquote" or "id" in names or "name" in names:
            self._mark(tag, element, class_, style)
        if start is not None:
            start(self, element)
        return "mso-list:" not in style or start is not None or self.office_list(element, style)

    def _style(self, tag: str, element: etree._Element) -> str | None:
        """Return an element's style in small letters and without spaces, "" if it says nothing, None if it hides."""
        raw = element.get("style") or ""
        words, tells, hides = self._styles.get(raw) or self._styles.setdefault(raw, style_of(raw))
        if not (tells or self._tiny or tag in _STYLED):
            return ""
        return None if hides else words

    def _restore(self) -> None:
        """Take back what the last element said for the text inside it."""
        writer = self.writer
        _, writer.marks, writer.depth, self._tiny, writer.preformatted = self._frames.pop()

    def _mark(self, tag: str, element: etree._Element, class_: str, style: str) -> None:
        """Take what an element says for the text inside it, until it ends."""
        writer = self.writer
        found = marks_of(tag, class_, element.get("id") or "", element.get("name") or "", style)
        zero = font_is_zero(style) if style else None
        pre = "white-space:pre" in style and tag not in {"td", "table"}
        if not found and not pre and (zero is None or zero == self._tiny):
            return
        self._frames.append((element, writer.marks, writer.depth, self._tiny, writer.preformatted))
        if zero is not None:
            self._tiny = zero
        if pre:
            writer.preformatted += 1
        if found & CUT:
            writer.cut()
        if tag == "blockquote":
            writer.depth += 1
            if writer.marks & CONTAINER or is_client_quote(element.get("type") or "", class_, style):
                found = (found & ~BLOCKQUOTE) | QUOTED | CONTAINER
        writer.marks |= found & ~CUT

    def start_list(self, element: etree._Element) -> None:
        self._lists.append(_number(element.get("start") or "", 1) if element.tag == "ol" else None)
        self.writer.level += 1

    def end_list(self) -> None:
        self.writer.leave_item()
        if self._lists:
            self._lists.pop()
            self.writer.level -= 1
        self.writer.gap()

    def start_item(self, element: etree._Element) -> None:
        number = self._lists[-1] if self._lists else None
        if number is not None:
            number = _number(element.get("value") or "", number)
            self._lists[-1] = number + 1
        self.writer.start_item(number)

    def office_list(self, element: etree._Element, style: str) -> bool:
        """Read Word's lists, which are paragraphs with a bullet or a number typed in front of them."""
        if "mso-list:ignore" in style:
            mark = typed_mark(element)
            if isinstance(mark, int):
                self.writer.start_item(mark)
            elif mark:
                self.writer.text(f"{mark} ")
            if self._frames and self._frames[-1][0] is element:
                self._restore()
            return False
        self.writer.level = level_of(style)
        self.writer.start_item(None)
        self._office = True
        return True

    def end_paragraph(self) -> None:
        if self._office:
            self.writer.leave_item()
            self.writer.level = len(self._lists) - 1
            self._office = False
        self.writer.new_line() if self._tight else self.writer.gap()

    def start_quotation(self, _: etree._Element) -> None:
        if not self._tiny:
            self.writer.open_quotation()

    def end_quotation(self) -> None:
        if not self._tiny:
            self.writer.close_quotation()

    def start_raised(self, element: etree._Element) -> None:
        if (element.text or "").strip().isdecimal() and not self._tiny:
            self.writer.raise_digits()

    def start_link(self, element: etree._Element) -> None:
        self.writer.start_link(address(element.get("href") or ""))

    def start_image(self, element: etree._Element) -> None:
        style = element.get("style") or ""
        width = element.get("width") or pixels(style, "width")
        height = element.get("height") or pixels(style, "height")
        words = image_words(element.get("alt") or "", element.get("src") or "", width, height, self._names)
        if words and not self._tiny:
            self.writer.text(f" {words} ")

    def start_pre(self, _: etree._Element) -> None:
        self.writer.preformatted += 1

    def end_pre(self) -> None:
        self.writer.new_line()
        self.writer.preformatted -= 1
        self.writer.gap()

    def start_table(self, _: etree._Element) -> None:
        self._tables.start()

    def start_row(self, _: etree._Element) -> None:
        self._tables.row()

    def start_cell(self, element: etree._Element) -> None:
        self._tables.cell(header=element.tag == "th")

    def end_cell(self) -> None:
        self.writer.new_line()
        self._tables.end_cell()

    def end_table(self) -> None:
        self.writer.new_line()
        self._tables.end()
        self.writer.gap()


def _restyle(name: str, by: int, *, gap: bool = False) -> Callable[..., None]:
    """Return what a tag of a style does where it begins (1) or ends (-1)."""

    def act(walker: _Walker, *_: etree._Element) -> None:
        walker.writer.style(name, by)
        if gap:
            walker.writer.gap()

    return act


_STARTS: dict[str, Callable[[_Walker, etree._Element], None]] = {
    **{tag: _restyle(name, 1) for tag, name in STYLES.items()},
    **dict.fromkeys(("ul", "ol", "menu"), _Walker.start_list),
    "li": _Walker.start_item,
    "a": _Walker.start_link,
    "img": _Walker.start_image,
    "q": _Walker.start_quotation,
    "sup": _Walker.start_raised,
    "pre": _Walker.start_pre,
    "table": _Walker.start_table,
    "tr": _Walker.start_row,
    **dict.fromkeys(("td", "th"), _Walker.start_cell),
}
_NO_TAG = (NOTHING, None)
_TAGS = {tag: (BREAKS.get(tag, NOTHING), _STARTS.get(tag)) for tag in {*UNSEEN, *BREAKS, *_STARTS}}
# These end the line as well, where their tag does.
_ENDS: dict[str, Callable[[_Walker], None]] = {
    **dict.fromkeys((tag for tag in BREAKS if BREAKS[tag] == GAP), lambda walker: walker.writer.gap()),
    "tr": lambda walker: walker.writer.new_line(),
    **{tag: _restyle(name, -1, gap=tag in BREAKS) for tag, name in STYLES.items()},
    **dict.fromkeys(("ul", "ol", "menu"), _Walker.end_list),
    "li": lambda walker: walker.writer.leave_item(),
    "a": lambda walker: walker.writer.end_link(),
    "p": _Walker.end_paragraph,
    "q": _Walker.end_quotation,
    "pre": _Walker.end_pre,
    "table": _Walker.end_table,
    **dict.fromkeys(("td", "th"), _Walker.end_cell),
}


def _behind(events: etree.iterwalk, element: etree._Element) -> str | None:
    """Pass over all that is in an element, and return the words behind it."""
    events.skip_subtree()
    next(events)  # its end
    return element.tail


def _number(said: str, other: int) -> int:
    """Return the number that an attribute says, or the other one."""
    return int(said) if said.isdecimal() and len(said) < 6 else other
