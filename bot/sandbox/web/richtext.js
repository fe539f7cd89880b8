/** The rich_text block (Slack: rich text block). Text leaves are literal: nothing in them is parsed. */

import { dateNode } from "./dates.js";
import { el, link, unknown } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcastNode, channelNode, groupNode, personNode, wrap } from "./inline.js";

const CONTAINERS = {
  rich_text_section: (element, scene) => wrap("div", "rich-section", leaves(element, scene)),
  rich_text_preformatted: (element, scene) => wrap("pre", border(element), leaves(element, scene)),
  rich_text_quote: (element, scene) => wrap("blockquote", border(element), leaves(element, scene)),
  rich_text_list: list,
};

const LEAVES = {
  text: (leaf) => leaf.text,
  link: (leaf) => link(leaf.url, leaf.text || leaf.url),
  emoji: (leaf) => emojiNode(leaf),
  user: (leaf, scene) => personNode(leaf.user_id, scene),
  usergroup: (leaf) => groupNode(leaf.usergroup_id),
  channel: (leaf, scene) => channelNode(leaf.channel_id, scene),
  team: (leaf, scene) =>
    el("span", { class: "mention", text: `@${leaf.team_id === scene.team.id ? scene.team.name : leaf.team_id}` }),
  broadcast: (leaf) => broadcastNode(leaf.range),
  date: (leaf) => {
    const date = dateNode(leaf.timestamp, leaf.format, leaf.fallback ?? String(leaf.timestamp));
    return leaf.url ? link(leaf.url, date) : date;
  },
  color: (leaf) => colorNode(leaf.value),
};

/** Turn the elements of a rich_text block into nodes. */
export function richText(elements, scene) {
  return elements.map((element) => {
    const make = own(CONTAINERS, element?.type);
    return make ? make(element, scene) : unknown("element", element?.type);
  });
}

function list(element, scene) {
  const indent = Math.min(element.indent ?? 0, 8);
  const ordered = element.style === "ordered";
  const node = el(ordered ? "ol" : "ul", {
    class: `rich-list indent-${indent} level-${indent % 3} ${border(element)}`,
    start: ordered && element.offset ? element.offset + 1 : null,
  });
  for (const item of element.elements) {
    node.append(wrap("li", "", CONTAINERS[item?.type] ? richText([item], scene) : [unknown("element", item?.type)]));
  }
  return node;
}

function leaves(element, scene) {
  return element.elements.map((leaf) => {
    const make = own(LEAVES, leaf?.type);
    return make ? styled(make(leaf, scene), leaf.style ?? {}) : unknown("element", leaf?.type);
  });
}

function styled(node, style) {
  const tags = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] === true ? el(tag, {}, inner) : inner), node);
}

function emojiNode(leaf) {
  const known = emoji(leaf.name);
  if (known !== null) return known;
  // `unicode` is the code points in hexadecimal, joined by hyphens.
  const points = (leaf.unicode ?? "").split("-").map((part) => parseInt(part, 16));
  const drawable = points.every((point) => point >= 0 && point <= 0x10ffff);
  return drawable ? String.fromCodePoint(...points) : `:${leaf.name}:`;
}

function colorNode(value) {
  const swatch = el("span", { class: "swatch" });
  swatch.style.backgroundColor = value;
  return el("span", {}, swatch, value);
}

function border(element) {
  return element.border === 1 ? "bordered" : "";
}

function own(table, name) {
  return Object.hasOwn(table, name ?? "") ? table[name] : undefined;
}
