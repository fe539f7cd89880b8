/** Attachments of older apps: a bar of colour beside their text, fields or blocks. */

import { renderBlocks } from "./blocks.js";
import { dateNode } from "./dates.js";
import { el, link } from "./dom.js";
import { wrap } from "./inline.js";
import { mrkdwn } from "./mrkdwn.js";

const NAMED_COLORS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

/** Turn one attachment into a node. */
export function renderAttachment(attachment, scene) {
  const { color, pretext } = attachment;
  const card = el("div", { class: "attachment" });
  const shade = NAMED_COLORS[color] ?? (/^#?[0-9a-f]{6}$/i.test(color ?? "") ? `#${color.replace("#", "")}` : null);
  if (shade !== null) card.style.borderLeftColor = shade;
  card.append(...(attachment.blocks?.length ? renderBlocks(attachment.blocks, scene) : classic(attachment, scene)));
  return el("div", { class: "attachment-row" }, pretext ? wrap("div", "running", mrkdwn(pretext, scene)) : null, card);
}

function classic(attachment, scene) {
  const {
    author_name: author,
    title,
    title_link: titleLink,
    text,
    fields,
    image_url: image,
    footer,
    ts,
    fallback,
  } = attachment;
  const parts = [];
  if (author) parts.push(el("div", { class: "attachment-author", text: author }));
  if (title) parts.push(el("div", { class: "attachment-title" }, titleLink ? link(titleLink, title) : title));
  if (text) parts.push(wrap("div", "running", mrkdwn(text, scene)));
  if (fields?.length)
    parts.push(el("dl", { class: "attachment-fields" }, ...fields.map((field) => fieldNode(field, scene))));
  if (image) parts.push(el("img", { class: "block-image", src: image, alt: fallback ?? "" }));
  if (parts.length === 0 && fallback) parts.push(el("div", { text: fallback }));
  if (footer || ts) {
    const moment = ts ? dateNode(ts, "{date_short_pretty} at {time}", "") : "";
    parts.push(el("div", { class: "attachment-footer" }, footer ?? "", footer && ts ? " | " : "", moment));
  }
  return parts;
}

function fieldNode(field, scene) {
  return el(
    "div",
    { class: field.short ? "short" : "" },
    el("dt", { text: field.title }),
    wrap("dd", "running", mrkdwn(field.value ?? "", scene)),
  );
}
