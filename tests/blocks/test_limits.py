"""A cut text ends between characters, as people see them."""

from __future__ import annotations

import pytest

from bot.blocks.limits import cut, escaped_length

FLAG = "\U0001f1ee\U0001f1f3"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
SCOTLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"
CHARACTERS = {
    "flag": FLAG,
    "keycap": "1\ufe0f\u20e3",
    "family": FAMILY,
    "skin tone": "\U0001f44d\U0001f3fd",
    "heart": "\u2764\ufe0f",
    "regional flag": SCOTLAND,
    "Hindi vowel sign": "\u0915\u093f",
    "Hindi conjunct": "\u0915\u094d\u0937\u093f",
    "Tamil vowel sign": "\u0ba8\u0bbf",
    "accents": "e\u0301\u0323",
    "line end": "\r\n",
}


@pytest.mark.parametrize("limit", range(3, 40))
@pytest.mark.parametrize("name", CHARACTERS)
def test_a_cut_never_parts_a_character(name: str, limit: int) -> None:
    character = CHARACTERS[name]
    text = f"ab{character * 40}"
    head, left = cut(text, limit)
    assert len(head) + left == len(text)
    assert escaped_length(head) <= limit
    whole = head.removeprefix("ab")
    assert whole == character * (len(whole) // len(character))
    # And no more is left than has to be, but where the end of a line or a word was near.
    assert name == "line end" or len(head) + len(character) > limit


@pytest.mark.parametrize("name", CHARACTERS)
def test_a_text_of_one_character_over_the_limit_still_comes_to_its_end(name: str) -> None:
    text = CHARACTERS[name] * 3 + "\u0301" * 50 + "x"
    rest, parts = text, []
    while rest:
        head, left = cut(rest, 1)
        assert left < len(rest)
        parts.append(head)
        rest = rest[len(rest) - left :]
    assert "".join(parts) == text


def test_flags_are_counted_from_the_first_of_a_row() -> None:
    text = f"a{FLAG}{FLAG}b{FLAG}{FLAG}{FLAG}"
    assert [cut(text, limit)[0] for limit in (5, 6, 7, 8, 9)] == [
        f"a{FLAG}{FLAG}",
        f"a{FLAG}{FLAG}b",
        f"a{FLAG}{FLAG}b",
        f"a{FLAG}{FLAG}b{FLAG}",
        f"a{FLAG}{FLAG}b{FLAG}",
    ]


def test_a_long_row_of_marks_or_flags_is_cut_in_little_time() -> None:
    assert len(cut("e" + "\u0301" * 100_000, 3000)[0]) == 3000
    assert len(cut(FLAG * 50_000, 2999)[0]) == 2998
