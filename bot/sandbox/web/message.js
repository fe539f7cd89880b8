/** One message of a channel, or one notice from Slack itself, as a row. */

import { renderAttachment } from "./attachments.js";
import { renderBlocks } from "./blocks.js";
import { clockTime } from "./dates.js";
import { append, el, hidden } from "./dom.js";
import { icon } from "./icons.js";
import { wrap } from "./inline.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";

const PALETTE = ["#1f6f8b", "#7b4b94", "#a8482f", "#2f7d4f", "#8a5a00", "#34568b", "#9b2f5f", "#4f6d1f"];

/**
 * Make the row of a message as the state gives it.
 *
 * `scene` as in blocks.js, with `shortcuts`, `parent` (the first message of its thread, or null),
 * `dismiss()` and `shortcut(callback_id)`.
 */
export function messageRow(message, scene) {
  const person = scene.users[message.user];
  const name = message.username || person?.real_name || person?.name || message.user || "unknown";
  scene.form.begin();
  const body = el("div", { class: "message-body" });
  // With blocks, the text is what notifications and screen readers get, and is not shown (Slack: chat.postMessage).
  append(body, message.blocks?.length ? renderBlocks(message.blocks, scene) : [textNode(message, scene)]);
  append(
    body,
    (message.attachments ?? []).map((attachment) => renderAttachment(attachment, scene)),
  );
  scene.form.end();
  if (message.edited) markEdited(body);
  const row = el(
    "div",
    {
      class: `message ${message.ephemeral ? "ephemeral" : ""}`,
      role: "listitem",
      tabindex: "-1",
      "data-ts": message.ts,
    },
    message.ephemeral ? onlyYou(scene.dismiss) : null,
    scene.parent ? replyLine(scene.parent, scene) : null,
    avatar(name, message.user || name, person?.color),
    el("div", { class: "message-main" }, head(name, message), body),
    message.ephemeral || scene.shortcuts.length === 0 ? null : toolbar(name, scene),
  );
  return row;
}

/** Make the row of a notice: what Slack itself says, only to this person. */
export function noticeRow(notice, scene) {
  return el(
    "div",
    { class: "message ephemeral notice", role: "listitem", tabindex: "-1" },
    onlyYou(scene.dismiss),
    avatar("Slackbot", "Slackbot", "#5b3a6b"),
    el(
      "div",
      { class: "message-main" },
      head("Slackbot", { ts: notice.ts }),
      el("div", { class: "message-body" }, el("p", { class: "running", text: notice.text })),
    ),
  );
}

/** Make the square with a person's initials. */
export function avatar(name, id, color) {
  const letters = name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .map((part) => [...part][0])
    .slice(0, 2)
    .join("")
    .toUpperCase();
  const node = el("span", { class: "avatar", "aria-hidden": "true", text: letters || "?" });
  const hash = [...id].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 9973, 7);
  node.style.backgroundColor = /^#?[0-9a-f]{6}$/i.test(color ?? "")
    ? `#${color.replace("#", "")}`
    : PALETTE[hash % PALETTE.length];
  return node;
}

function head(name, message) {
  const date = new Date(Number(message.ts) * 1000);
  const time = el("time", {
    class: "message-time",
    datetime: date.toISOString(),
    title: date.toLocaleString("en-US"),
    text: clockTime(date),
  });
  return el(
    "div",
    { class: "message-head" },
    el("span", { class: "message-name", text: name }),
    message.is_bot ? el("span", { class: "app-badge", text: "APP" }) : null,
    time,
  );
}

function textNode(message, scene) {
  return message.text ? wrap("div", "running", mrkdwn(message.text, scene)) : null;
}

// After the last words, as Slack has it; below what is not words.
function markEdited(body) {
  const mark = el("span", { class: "edited", text: " (edited)" });
  (body.lastElementChild?.classList.contains("running") ? body.lastElementChild : body).append(mark);
}

function onlyYou(dismiss) {
  return el(
    "div",
    { class: "only-you" },
    icon("eye"),
    el("span", { text: "Only visible to you" }),
    el("span", { "aria-hidden": "true", text: "·" }),
    el(
      "button",
      { type: "button", class: "text-button quiet", "data-key": "dismiss", on: { click: dismiss } },
      "Dismiss",
      hidden(" this message"),
    ),
  );
}

function replyLine(parent, scene) {
  const text = wrap("span", "", mrkdwn(parent.text, scene)).textContent;
  const words = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return el("div", { class: "reply-line" }, icon("thread"), el("span", { text: `replied to a thread: ${words}` }));
}

function toolbar(name, scene) {
  const more = el(
    "button",
    {
      type: "button",
      class: "tool",
      "aria-label": `More actions for the message by ${name}`,
      title: "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-key": "more",
    },
    icon("dots"),
  );
  const items = scene.shortcuts.map((shortcut) => ({
    label: shortcut.name,
    detail: shortcut.description,
    choose: () => scene.shortcut(shortcut.callback_id),
  }));
  more.addEventListener("click", () => openMenu(more, items, "More actions"));
  return el("div", { class: "toolbar" }, more);
}
