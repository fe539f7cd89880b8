"""Walks what the bot sends to Slack and LeadSquared, and finds whatever in it is live and not the bot's own.

What is allowed is listed; anything else is a fault. Nothing here uses the code that it judges.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

Json = Mapping[str, Any]

TICKET_LINK = r"https://support\.example\.com/tickets/\d+"
_DATE = r"<!date\^\d+\^[{}\w ]+\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>"
_COUNT = r"(?:1 message|[\d,]+ messages, newest first(?:: messages? [\d,–]+ on this page)?)"
# All mrkdwn that the bot writes: none of it has room for anybody else's words.
OWN_MRKDWN = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rf"{_COUNT}  ·  {_DATE}(?:  ·  <{TICKET_LINK}\|Open in LeadSquared>)?",
        rf"<{TICKET_LINK}\|Open in LeadSquared>",
        rf"Attachment links work until {_DATE}\. After that, New links makes fresh ones\.",
        r":lock: \*Internal: the customer does not see it\.\* Your team reads the note on the ticket in LeadSquared\.",
        r"`/ticket 143` shows .*",
        r"\*In a message's menu\* .*",
    )
]
_PERSON, _CHANNEL = r"\{user U[A-Z0-9]+\}", r"\{channel C[A-Z0-9]+\}"
# All lines of the bot's that name a person or a channel.
OWN_LINES = [
    re.compile(pattern)
    for pattern in (
        rf"{_PERSON} shared this ticket from (?:LeadSquared|\{{link {TICKET_LINK} LeadSquared\}}\.?)\.?",
        rf"(?:Post(?:ing)? to|Posted in) {_CHANNEL}(?:, in the thread that you are in)?[?….]",
        rf"Slack did not confirm .* may not be in {_CHANNEL}(?:, in the thread that you are in)?\.",
    )
]
_SHARED = re.compile(
    rf"<@U[A-Z0-9]+> shared a ticket from (?:LeadSquared|<{TICKET_LINK}\|LeadSquared>)\.\n(.*)", re.DOTALL
)
OWN_BUTTONS = {
    "Add note",
    "Older",
    "Newer",
    "Refresh",
    "Show all",
    "Try again",
    "Previous part",
    "Next part",
    "Open in LeadSquared",
    "It's there",
    "Post it again",
    "Share…",
    "New links",
    "Show ticket",
    "Open the message",
}
OWN_LINKS = {
    "Open in LeadSquared": TICKET_LINK,
    "Open the message": r"https://acme-support\.slack\.com/archives/[\w/?=&.]+",
}
PARTS = {"history", "contacts", "files"}
RICH = {"rich_text", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
LEAVES = {"text", "link", "date"}
VALUE = re.compile(r"\d{1,10}:\d*|\d{1,10}:\d+:\d*|TB-[0-9A-Z]{5}")
ACTION = re.compile(
    r"ticket_(?:add_note|older|newer|refresh|share|choose_\d+|link)|message_(?:whole|previous|next)"
    r"|note_(?:there|again)|attachment_\d+|files_new(?:_here)?|shared_(?:ticket|link|file_\d+)|share_parts|value"
)
# Unicode: what no one sees, and what turns the order of the rest round. The joiners, the emoji selector and the marks
# of direction are let through in the one neighbourhood where they belong.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
    "|(?:^|[\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?:$|[\x00-\u024f])|(?:^|[\x00-\xa8])\ufe0f(?!\u20e3)|\ufe0f\ufe0f"
    "|(?<![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200e\u200f])[\u200e\u200f](?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200e\u200f])"
)
_HOST = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:[^\s/@?#:]*@)?((?:[\w-]{1,63}\.)+(?:[a-z]{2,24}|xn--[\w-]{1,59}))(?![\w@-]|\.\w)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|png|txt|exe|html|zip|csv)$", re.IGNORECASE)
# As Slack reads a text of its own: mentions, channels, commands, links, emoji.
SLACK_TOKEN = re.compile(
    r"<@[UWB][A-Z0-9]+(?:\|[^<>]*)?>|<#[CDG][A-Z0-9]+(?:\|[^<>]*)?>"
    r"|<!(?:here|channel|everyone|group)(?:\|[^<>]*)?>|<!(?:subteam|date)\^[^<>]*>|<(?:https?|mailto|tel):[^<>|\s]*>"
    r"|<(?:https?|mailto|tel):[^<>|]*\|[^<>]*>|(?<!\w)(?<!\w:):(?:[a-z][a-z0-9_+'-]*|\+1|-1|100):(?!\w)"
)


def faults_of_message(message: Json, *, posted: bool = True) -> list[str]:
    """What is live in a message. `posted`: by a method that can be told to unfurl nothing and to format no text."""
    found = list(_top_level(str(message.get("text") or "")))
    if posted:
        found += [f"{name} is not off" for name in ("mrkdwn", "unfurl_links", "unfurl_media") if message.get(name, 1)]
    known = {"text", "blocks", "channel", "user", "thread_ts", "response_type", "replace_original"}
    unknown = set(message) - known - {"mrkdwn", "unfurl_links", "unfurl_media"}
    if message.get("response_type", "ephemeral") != "ephemeral":
        found.append("it is not private")
    return [*found, *(f"unknown argument {name}" for name in unknown), *_blocks(message.get("blocks") or [])]


def faults_of_shared(message: Json) -> list[str]:
    """What is live in a message that everybody in a channel sees, beside the name of who shared it."""
    own = _SHARED.fullmatch(str(message.get("text")))
    if own is None:
        return ["a message for everybody that is not a shared ticket"]
    # A name is none where nothing is formatted. What people wrote is dead all the same.
    return faults_of_message({**message, "text": own[1], "mrkdwn": False})


def faults_of_view(view: Json) -> list[str]:
    """What is live in a modal."""
    found = list(_blocks(view["blocks"]))
    for name in ("title", "submit", "close"):
        if name in view:
            found += _text_object(view[name])
    return found


def faults_of_errors(errors: Mapping[str, str]) -> list[str]:
    """What is live in the texts under the inputs of a form."""
    return [fault for text in errors.values() for fault in _hidden(text)]


def faults_of_note(text: str) -> list[str]:
    """What LeadSquared would be given that is Slack's, or that no one sees."""
    return [*(f"a token of Slack's: {match[0]!r}" for match in SLACK_TOKEN.finditer(text)), *_hidden(text)]


def _top_level(text: str) -> Iterator[str]:
    if "<" in text or ">" in text:
        yield "a bare angle bracket in the top-level text"
    if re.search(r"&(?!amp;|lt;|gt;)", text):
        yield "a bare & in the top-level text"
    yield from _hidden(text)


def _hidden(text: str) -> Iterator[str]:
    for match in HIDDEN.finditer(text):
        yield f"hidden: {match[0]!a} in {text[max(0, match.start() - 20) : match.end() + 20]!a}"


def _blocks(blocks: list[Json]) -> Iterator[str]:
    for block in blocks:
        judge = _JUDGES.get(str(block.get("type")))
        yield from judge(block) if judge else [f"a block of type {block.get('type')}"]


def _row(block: Json) -> Iterator[str]:
    for element in block["elements"]:
        yield from _button(element) if block["type"] == "actions" else _text_object(element)


def _section(block: Json) -> Iterator[str]:
    yield from _text_object(block["text"])
    if accessory := block.get("accessory"):
        yield from _button(accessory)


def _input(block: Json) -> Iterator[str]:
    element = block["element"]
    options = [*element.get("options", ()), *element.get("initial_options", ())]
    told = [option[name] for option in options for name in ("text", "description")]
    for text in (block["label"], *told, *([block["hint"]] if "hint" in block else [])):
        yield from _text_object(text)
    yield from _hidden(str(element.get("initial_value", "")))
    if not {str(option["value"]) for option in options} <= PARTS:
        yield "a value that is not the bot's own"
    if not ACTION.fullmatch(str(element["action_id"])):
        yield f"an unknown action: {element['action_id']!r}"


def _text_object(text: Json) -> Iterator[str]:
    words = str(text.get("text"))
    if text.get("type") == "plain_text":
        if text.get("emoji") is not False:
            yield f"emoji codes are live in {words!r}"
        yield from _hidden(words)
    elif text.get("type") == "mrkdwn":
        if text.get("verbatim") is not True:
            yield f"not verbatim: {words!r}"
        if not any(pattern.fullmatch(words) for pattern in OWN_MRKDWN):
            yield f"mrkdwn that is not the bot's own: {words!r}"
    else:
        yield f"an element of type {text.get('type')}"


def _button(element: Json) -> Iterator[str]:
    if element.get("type") != "button":
        yield f"an element of type {element.get('type')}"
        return
    yield from _text_object(element["text"])
    label, url = str(element["text"]["text"]), element.get("url")
    if url is not None:
        yield from _button_url(str(url))
        if label in OWN_BUTTONS and not re.fullmatch(OWN_LINKS.get(label, "(?!)"), str(url)):
            yield f"a link that looks like the button {label}"
    elif str(element["action_id"]).startswith("shared_file_"):
        if label in OWN_BUTTONS:
            yield f"a file that looks like the button {label}"
    elif label not in OWN_BUTTONS and not re.fullmatch(r"#\d+", label):
        yield f"a button of an unknown name: {label!r}"
    if "value" in element and not VALUE.fullmatch(str(element["value"])):
        yield f"a value that is more than ids: {element['value']!r}"
    if not ACTION.fullmatch(str(element["action_id"])):
        yield f"an unknown action: {element['action_id']!r}"


def _button_url(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    # The stand-in's files are on this machine.
    if parts.scheme != "https" and not url.startswith("http://127.0.0.1:"):
        yield f"a button leads to {url!r}"
    if not parts.hostname or re.search(r"[\s\\]", url) or "@" in parts.netloc:
        yield f"a button leads to an odd address: {url!r}"
    yield from _hidden(url)


def _rich(part: Json) -> Iterator[str]:
    if part.get("type") not in RICH:
        yield f"a rich_text element of type {part.get('type')}"
        return
    inner = part["elements"]
    if any(pattern.fullmatch("".join(map(_named, inner))) for pattern in OWN_LINES):
        return
    for element in inner:
        if "elements" in element:
            yield from _rich(element)
        elif element.get("type") not in LEAVES:
            yield f"a leaf of type {element.get('type')}"
        else:
            yield from _hidden(str(element.get("text", "")))
    yield from _links(inner)


def _named(leaf: Json) -> str:
    """Write a leaf as text, with braces of its own around all that is more."""
    kind, text = str(leaf.get("type")), str(leaf.get("text", ""))
    if kind == "text":
        return text.replace("{", "{{")
    return f"{{{kind} {leaf.get('user_id') or leaf.get('channel_id') or leaf.get('url')} {text}".rstrip() + "}"


def _links(leaves: list[Json]) -> Iterator[str]:
    """Judge links with what stands around them: a label may be several leaves, and what it leads to is told behind."""
    for index, leaf in enumerate(leaves):
        if leaf.get("type") != "link":
            continue
        url = str(leaf["url"])
        yield from _link_url(url)
        label, after, n = "", "", index
        # A label may be broken over lines.
        while n < len(leaves) and (leaves[n].get("url") == url or _is_break(leaves, n, url)):
            label += str(leaves[n].get("text", ""))
            n += 1
        while n < len(leaves) and not after.strip():
            after += str(leaves[n].get("text", ""))
            n += 1
        if (real := _elsewhere(label, url)) and f"(leads to {real})" not in after:
            yield f"{label!r} leads to {real}"


def _is_break(leaves: list[Json], n: int, url: str) -> bool:
    return str(leaves[n].get("text", "")).isspace() and n + 1 < len(leaves) and leaves[n + 1].get("url") == url


def _link_url(url: str) -> Iterator[str]:
    if not re.match(r"https?://[^/\s]|mailto:[^\s?]|tel:[+\d]", url, re.IGNORECASE):
        yield f"a link leads to {url!r}"
    if re.search(r"\s", url) or (url[:4].lower() == "http" and "\\" in url):
        yield f"a link leads to an odd address: {url!r}"
    yield from _hidden(url)


def _elsewhere(label: str, url: str) -> str:
    """Return where a link leads when a label names another place, or cannot be told from another's."""
    label = unicodedata.normalize("NFKC", label)
    if url[:7].lower() == "mailto:":
        to = unquote(url[7:].partition("?")[0])
        named = re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", label)
        return to if any(name.lower() != to.lower() for name in named) else ""
    if url[:4].lower() != "http":
        return ""
    real = network_name(urlsplit(url).hostname or "")
    if "@" in urlsplit(url).netloc:
        return real
    for word in re.split(r"\s+", label.replace("。", ".")):
        match = _HOST.search(word)
        if match and (word.lower().startswith("http") or not _FILE.search(match[1])):
            host = network_name(match[1].lower()).removeprefix("www.")
            if real != host and not real.endswith(f".{host}"):
                return real
            if re.search("[\u0250-\u1fff]", match[1]):
                return real
    return ""


def network_name(host: str) -> str:
    """Return a host in the letters that the network knows it by."""
    return host if host.isascii() else host.encode("idna").decode()


_JUDGES: Mapping[str, Callable[[Json], Iterable[str]]] = {
    "divider": lambda _: (),
    "header": _section,
    "section": _section,
    "context": _row,
    "actions": _row,
    "input": _input,
    "rich_text": _rich,
}
