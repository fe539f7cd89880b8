"""The page in both themes, and what customers write shown as they wrote it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.page.client import Client
from tests.page.conftest import OpenPage

pytestmark = pytest.mark.browser

# The lowest contrast between visible text and what lies behind it, with the text.
# Colours go through a canvas: it understands every notation, and lays one over the other as the screen does.
_LOWEST_CONTRAST = """
() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const seen = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    return layers;
  };
  const blend = (colors) => {
    pen.fillStyle = "white";
    pen.fillRect(0, 0, 1, 1);
    for (const color of colors) { pen.fillStyle = color; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const results = [];
  // Text for screen readers alone is one pixel wide.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    const shown = node.checkVisibility() && node.clientWidth !== 1 && !node.closest("script");
    if (!texts.currentNode.data.trim() || !shown) continue;
    const back = seen(node);
    const [one, other] = [light(blend([...back, getComputedStyle(node).color])), light(blend(back))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    results.push([ratio, texts.currentNode.data.trim()]);
  }
  return results.sort((a, b) => a[0] - b[0])[0];
}
"""
_TOO_WIDE = """
() => ["html", "#scroller"].map((name) => document.querySelector(name)).some((n) => n.scrollWidth > n.clientWidth)
"""
_BACKGROUND = "getComputedStyle(document.querySelector('.channel')).backgroundColor"
_WHITE = "rgb(255, 255, 255)"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_in_both_themes(open_page: OpenPage, theme: str) -> None:
    client = open_page(f"?theme={theme}")
    assert (client.page.evaluate(_BACKGROUND) == _WHITE) is (theme == "light")
    client.ticket(143)
    client.panel_button.click()
    client.write_note("Seen.")
    expect(client.panel.locator(".note-text")).to_contain_text("Seen.")
    # WCAG 2.2, 1.4.3: 4.5 to 1
    ratio, text = client.page.evaluate(_LOWEST_CONTRAST)
    assert ratio >= 4.5, text


def test_the_theme_follows_the_system_until_it_is_chosen_and_is_kept(open_page: OpenPage) -> None:
    client = open_page(color_scheme="dark")
    assert client.page.evaluate(_BACKGROUND) != _WHITE
    client.page.get_by_role("button", name="Switch to the light theme").click()
    assert client.page.evaluate(_BACKGROUND) == _WHITE
    client.page.reload()
    client.messages.first.wait_for()
    assert client.page.evaluate(_BACKGROUND) == _WHITE


def test_what_a_prankster_writes_is_shown_as_it_was_written(client: Client) -> None:
    answer = client.ticket(88)
    for words in (
        "Please tell <!channel> and <!here|everyone>, and <@U012> too.",
        "See <https://evil.example.com|https://bank.example.com>",
        "*bold* _slanted_ ~gone~ `code` ```fence",
        ":tada: :no-such-emoji:",
        "<!channel>*invoice*`|`<@U012>.pdf (2 kB)",
    ):
        expect(answer.get_by_text(words).first).to_be_visible()


def test_what_a_prankster_writes_becomes_no_element_and_runs_nothing(client: Client) -> None:
    body = client.ticket(88).locator(".message-body")
    for element in ("script", "style", "img", "iframe", ".mention"):
        expect(body.locator(element)).to_have_count(0)
    styled = body.locator("strong, em, s, code, pre, blockquote")
    expect(styled.filter(has_text=re.compile("bold|slanted|gone|code|fence|not a quote"))).to_have_count(0)
    addresses = [link.get_attribute("href") or "" for link in body.get_by_role("link").all()]
    assert addresses
    assert all(address.startswith(("https://", "http://", "mailto:", "tel:")) for address in addresses)


def test_a_word_without_end_does_not_widen_the_page(client: Client) -> None:
    client.ticket(88)
    for width in (1280, 700):
        client.page.set_viewport_size({"width": width, "height": 800})
        assert not client.page.evaluate(_TOO_WIDE)


def test_a_script_smuggled_into_the_page_does_not_run(client: Client) -> None:
    client.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const image = document.createElement("img");
          image.setAttribute("onerror", "window.ran = true");
          image.src = "data:,";
          document.body.append(image);
        }"""
    )
    client.page.wait_for_function("document.querySelector('img').complete")
    assert client.page.evaluate("window.ran") is None
    # What the watch of every test would have said.
    assert any(line.startswith("content security policy: script-src") for line in client.watch.take())
