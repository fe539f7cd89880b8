"""rich_text: sections, lists, quotes and preformatted text, and the leaves in them.

Slack: a `text` leaf has at least one character; leaves and styles take no field that Slack does not know;
a list's indent is 0 to 8 and its border 0 or 1. There is no limit on characters here: a whole message has one.
"""

from __future__ import annotations

from bot.sandbox.slack.rules.core import Rule, boolean, integer, items, one_of, shape, string, typed, url
from bot.sandbox.slack.rules.objects import EMPTY

_TYPE: dict[str, Rule] = {"type": string()}
_BORDER: dict[str, Rule] = {"border": one_of(0, 1)}

_TEXT_STYLE = shape(EMPTY, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_MENTION_STYLE = shape(
    EMPTY, dict.fromkeys(("bold", "italic", "strike", "highlight", "client_highlight", "unlink"), boolean)
)
_STYLED: dict[str, Rule] = {"style": _TEXT_STYLE}
_MENTION: dict[str, Rule] = {"style": _MENTION_STYLE}
_LINK_URL = url("http", "https", "mailto", "tel", "slack")

TEXT_LEAF = shape({**_TYPE, "text": string(1)}, _STYLED)
LINK_LEAF = shape({**_TYPE, "url": _LINK_URL}, {**_STYLED, "text": string(1), "unsafe": boolean})
LEAF = typed(
    {
        "text": TEXT_LEAF,
        "link": LINK_LEAF,
        "emoji": shape(
            {**_TYPE, "name": string(1)},
            {**_STYLED, "unicode": string(1), "skin_tone": integer(1, 6), "url": string(1)},
        ),
        "user": shape({**_TYPE, "user_id": string(1)}, _MENTION),
        "usergroup": shape({**_TYPE, "usergroup_id": string(1)}, _MENTION),
        "channel": shape({**_TYPE, "channel_id": string(1)}, _MENTION),
        "team": shape({**_TYPE, "team_id": string(1)}, _MENTION),
        "broadcast": shape({**_TYPE, "range": one_of("here", "channel", "everyone")}, _STYLED),
        "date": shape(
            {**_TYPE, "timestamp": integer(0), "format": string(1)},
            {**_STYLED, "url": _LINK_URL, "fallback": string(1)},
        ),
        "color": shape({**_TYPE, "value": string(1)}, _STYLED),
    }
)

SECTION = shape({**_TYPE, "elements": items(LEAF, 1, None)})
_LIST = shape(
    {**_TYPE, "style": one_of("bullet", "ordered"), "elements": items(typed({"rich_text_section": SECTION}), 1, None)},
    {"indent": integer(0, 8), "offset": integer(0), **_BORDER},
)
_QUOTE = shape({**_TYPE, "elements": items(LEAF, 1, None)}, _BORDER)
_PREFORMATTED = shape(
    {**_TYPE, "elements": items(typed({"text": TEXT_LEAF, "link": LINK_LEAF}), 1, None)},
    {"language": string(1), **_BORDER},
)

RICH_TEXT = shape(
    {
        **_TYPE,
        "elements": items(
            typed(
                {
                    "rich_text_section": SECTION,
                    "rich_text_list": _LIST,
                    "rich_text_quote": _QUOTE,
                    "rich_text_preformatted": _PREFORMATTED,
                }
            ),
            1,
            None,
        ),
    },
    {"block_id": string(1, 255)},
)
