"""HTML mail as lines: one parse behind guards, one walk, nothing run and nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from lxml import etree

from bot.mail.lines import BLOCKQUOTE, CONTAINER, CUT, QUOTED, Line
from bot.mail.links import address, content_key, image_words
from bot.mail.marks import font_is_zero, is_client_quote, is_hidden, is_tight, marks_of
from bot.mail.parse import parse
from bot.mail.tables import Tables
from bot.mail.writer import LineWriter

_HIDDEN_TAGS = frozenset("script style head title template noscript object svg math xml iframe map select".split())
_STYLES = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4"), "bold"),
    **dict.fromkeys(("i", "em", "var", "cite", "dfn"), "italic"),
    **dict.fromkeys(("s", "strike", "del"), "strike"),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), "code"),
}
# What a tag does to the line: nothing, a new line, or a gap.
_NOTHING, _NEW_LINE, _GAP = range(3)
_BREAKS = {
    **dict.fromkeys(
        "div tr td th li section article header footer address center main nav aside form fieldset figure".split(),
        _NEW_LINE,
    ),
    **dict.fromkeys(("dt", "dd"), _NEW_LINE),
    **dict.fromkeys("p h1 h2 h3 h4 h5 h6 dl ul ol menu table pre hr blockquote caption".split(), _GAP),
    **dict.fromkeys("b strong i em var cite dfn s strike del code tt kbd samp a img q sup".split(), _NOTHING),
}
# The few things that a style can say to this reader; most styles say nothing.
_TELLING_STYLE = re.compile(r"none|hid|mso-|max-h|opac|border-top|e-space|size:\s*0", re.IGNORECASE)
# Paragraphs tell by their margins whether they are lines, quotes by theirs which client made them, images their size.
_STYLED = frozenset(("p", "blockquote", "img"))
# What Word types in front of a list's paragraphs: a plain number, a bullet (some are letters of symbol fonts), others.
_OFFICE_NUMBER = re.compile(r"\(?([0-9]{1,5})[.)]?")
_OFFICE_BULLETS = frozenset(["", *"·o§-–•▪●○■□◦Øüvq*\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf071"])
_OFFICE_MARK_CHARS = 40
_OFFICE_LEVEL = re.compile(r"mso-list:[^;]{0,40}?level(\d)")


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


class _Frame(NamedTuple):
    """What stood before an element changed it."""

    element: etree._Element
    marks: int
    depth: int
    tiny: bool
    preformatted: int


class _Walker:
    """One walk over a tree: visible text goes to the writer, with what the markup says of it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.writer = LineWriter()
        self._tables = Tables(self.writer.lines)
        self._names = {content_key(content_id): name for content_id, name in names.items()}
        self._lists: list[int | None] = []
        self._frames: list[_Frame] = []
        self._skipped: etree._Element | None = None
        self._tiny = False
        self._tight = False
        self._office = False

    def walk(self, root: etree._Element) -> None:
        """Walk once, without recursion: mails nest as deep as they like."""
        writer, breaks, hidden = self.writer, _BREAKS, _HIDDEN_TAGS
        text = writer.text
        events = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in events:
            if event == "start":
                tag = element.tag
                if tag == "br":
                    writer.line_break()
                elif tag in hidden or ((tag in breaks or element.keys()) and not self._start(tag, element)):
                    events.skip_subtree()
                    self._skipped = element
                elif (words := element.text) and not self._tiny:
                    text(words)
                continue
            if element is self._skipped:
                self._skipped = None
            elif event == "end" and (element.tag in breaks or self._frames):
                self._end(element.tag, element)
            if (words := element.tail) and not self._tiny:
                text(words)
        writer.new_line()

    def _start(self, tag: str, element: etree._Element) -> bool:
        """Enter an element. Tells whether to go into it."""
        style, tells = "", False
        names = element.keys()
        if names:
            raw = element.get("style") if "style" in names else None
            if raw and (tag in _STYLED or self._tiny or _TELLING_STYLE.search(raw)):
                style = "".join(raw.lower().split())
                if is_hidden(style):
                    return False
            if "hidden" in names:
                return False
            tells = bool(style) or "class" in names or "id" in names or "name" in names
        if break_ := _BREAKS.get(tag):
            self._tight = tag == "p" and tells and is_tight(element.get("class") or "", style)
            self.writer.gap() if break_ == _GAP and not self._tight else self.writer.new_line()
        if tells or tag == "blockquote":
            self._enter(tag, element, style)
        if start := _STARTS.get(tag):
            return start(self, element, style)
        return self.office_list(element, style) if "mso-list:" in style else True

    def _end(self, tag: str, element: etree._Element) -> None:
        """Leave an element."""
        if end := _ENDS.get(tag):
            end(self)
        if break_ := _BREAKS.get(tag):
            self.writer.gap() if break_ == _GAP and not (tag == "p" and self._tight) else self.writer.new_line()
        if self._frames and self._frames[-1].element is element:
            _, self.writer.marks, self.writer.depth, self._tiny, self.writer.preformatted = self._frames.pop()

    def _enter(self, tag: str, element: etree._Element, style: str) -> None:
        """Take what an element's attributes say for the text inside it."""
        writer = self.writer
        class_ = element.get("class") or ""
        found = marks_of(tag, class_, element.get("id") or "", element.get("name") or "", style)
        zero = font_is_zero(style) if style else None
        pre = "white-space:pre" in style and tag not in {"td", "table"}
        if not found and zero is None and not pre:
            return
        self._frames.append(_Frame(element, writer.marks, writer.depth, self._tiny, writer.preformatted))
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

    def start_list(self, element: etree._Element, _: str) -> bool:
        self._lists.append(_number(element.get("start") or "", 1) if element.tag == "ol" else None)
        self.writer.level += 1
        return True

    def end_list(self) -> None:
        self.writer.leave_item()
        if self._lists:
            self._lists.pop()
            self.writer.level -= 1

    def start_item(self, element: etree._Element, _: str) -> bool:
        number = self._lists[-1] if self._lists else None
        if number is not None:
            number = _number(element.get("value") or "", number)
            self._lists[-1] = number + 1
        self.writer.start_item(number)
        return True

    def office_list(self, element: etree._Element, style: str) -> bool:
        """Read Word's lists, which are paragraphs with a bullet or a number typed in front of them."""
        if "mso-list:ignore" in style:
            mark = " ".join("".join(map(str, element.itertext())).split())
            if number := _OFFICE_NUMBER.fullmatch(mark):
                self.writer.start_item(int(number[1]))
            elif mark not in _OFFICE_BULLETS:
                self.writer.text(f"{mark[:_OFFICE_MARK_CHARS]} ")
            return False
        level = _OFFICE_LEVEL.search(style)
        self.writer.level = int(level[1]) - 1 if level else 0
        self.writer.start_item(None)
        self._office = True
        return True

    def end_paragraph(self) -> None:
        if self._office:
            self.writer.leave_item()
            self.writer.level = len(self._lists) - 1
            self._office = False

    def start_style(self, element: etree._Element, _: str) -> bool:
        self.writer.style(_STYLES[element.tag], 1)
        return True

    def end_style(self, tag: str) -> None:
        self.writer.style(_STYLES[tag], -1)

    def start_quotation(self, _: etree._Element, __: str) -> bool:
        if not self._tiny:
            self.writer.open_quotation()
        return True

    def end_quotation(self) -> None:
        if not self._tiny:
            self.writer.close_quotation()

    def start_raised(self, element: etree._Element, _: str) -> bool:
        if (element.text or "").strip().isdecimal() and not self._tiny:
            self.writer.raise_digits()
        return True

    def start_link(self, element: etree._Element, _: str) -> bool:
        self.writer.start_link(address(element.get("href") or ""))
        return True

    def start_image(self, element: etree._Element, _: str) -> bool:
        style = "".join((element.get("style") or "").lower().split())
        width = element.get("width") or _size(style, "width")
        height = element.get("height") or _size(style, "height")
        words = image_words(element.get("alt") or "", element.get("src") or "", width, height, self._names)
        if words and not self._tiny:
            self.writer.text(f" {words} ")
        return True

    def start_pre(self, _: etree._Element, __: str) -> bool:
        self.writer.preformatted += 1
        return True

    def end_pre(self) -> None:
        self.writer.new_line()
        self.writer.preformatted -= 1

    def start_table(self, _: etree._Element, __: str) -> bool:
        self._tables.start()
        return True

    def start_row(self, _: etree._Element, __: str) -> bool:
        self._tables.row()
        return True

    def start_cell(self, element: etree._Element, _: str) -> bool:
        self._tables.cell(header=element.tag == "th")
        return True

    def end_cell(self) -> None:
        self.writer.new_line()
        self._tables.end_cell()

    def end_table(self) -> None:
        self.writer.new_line()
        self._tables.end()


_STARTS: dict[str, Callable[[_Walker, etree._Element, str], bool]] = {
    **dict.fromkeys(_STYLES, _Walker.start_style),
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
_ENDS: dict[str, Callable[[_Walker], None]] = {
    **{tag: partial(_Walker.end_style, tag=tag) for tag in _STYLES},
    **dict.fromkeys(("ul", "ol", "menu"), _Walker.end_list),
    "li": lambda walker: walker.writer.leave_item(),
    "a": lambda walker: walker.writer.end_link(),
    "p": _Walker.end_paragraph,
    "q": _Walker.end_quotation,
    "pre": _Walker.end_pre,
    "table": _Walker.end_table,
    **dict.fromkeys(("td", "th"), _Walker.end_cell),
}


def _number(said: str, other: int) -> int:
    """Return the number that an attribute says, or the other one."""
    return int(said) if said.isdecimal() and len(said) < 6 else other


def _size(style: str, name: str) -> str:
    match = re.search(rf"(?<![\w-]){name}:(\d{{1,5}})px", style)
    return match[1] if match else ""
