"""Real JSON, changed at random: keys missing, other types, nulls, the huge and the wrongly nested."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.injection.corpus import TEXTS

_ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    2**31,
    10**30,
    1e308,
    "",
    " ",
    "0",
    "null",
    [],
    {},
    [None],
    [[[[[[]]]]]],
    {"": None},
    {"id": None},
    {"text": {"text": {"text": []}}},
]
JUNK = st.recursive(
    st.sampled_from(_ODD) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40)
    | st.sampled_from(list(TEXTS.values())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def _places(part: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(part, dict):
        return [place for key, value in part.items() for place in ((*at, key), *_places(value, (*at, key)))]
    if isinstance(part, list):
        return [place for n, value in enumerate(part) for place in ((*at, n), *_places(value, (*at, n)))]
    return []


@st.composite
def changed(draw: st.DrawFn, whole: Any, most: int = 4) -> Any:
    """`whole` with up to `most` of its parts replaced, left out, doubled or moved to another part's place."""
    found = copy.deepcopy(whole)
    for _ in range(draw(st.integers(0, most))):
        places = _places(found)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        holder = found
        for key in way:
            holder = holder[key]
        match draw(st.sampled_from(["replace", "replace", "leave out", "wrap", "move"])):
            case "replace":
                holder[last] = copy.deepcopy(draw(JUNK))
            case "leave out":
                del holder[last]
            case "wrap":
                held = holder[last]
                holder[last] = copy.deepcopy(draw(st.sampled_from([[held], {"value": held}, [held] * 60])))
            case "move":
                other = draw(st.sampled_from(places))
                moved = found
                for key in other:
                    moved = moved[key] if isinstance(moved, dict | list) and _has(moved, key) else None
                holder[last] = copy.deepcopy(moved)
    return found


def _has(part: Any, key: Any) -> bool:
    return key in part if isinstance(part, dict) else isinstance(key, int) and key < len(part)
