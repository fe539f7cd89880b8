"""What the tags of HTML do to the words in them."""

from __future__ import annotations

# What no one sees of a page, with all that is in it.
UNSEEN = frozenset("script style head title template noscript object svg math xml iframe map select".split())
STYLES = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4"), "bold"),
    **dict.fromkeys(("i", "em", "var", "cite", "dfn"), "italic"),
    **dict.fromkeys(("s", "strike", "del"), "strike"),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), "code"),
}
# What a tag does to the line before and behind it: nothing, a new line, a gap, or a gap unless it has no margins.
NOTHING, NEW_LINE, GAP, MARGIN = range(4)
# Tags that do no more than to begin and end a line: most of a mail.
LINES = frozenset("div section article header footer address center main nav aside form fieldset figure dt dd".split())
BREAKS = {
    **dict.fromkeys((*LINES, "tr", "td", "th", "li"), NEW_LINE),
    **dict.fromkeys("h1 h2 h3 h4 h5 h6 dl ul ol menu table pre hr blockquote caption".split(), GAP),
    "p": MARGIN,
}
