/** Running text with marks, links, mentions, dates and emoji: what mrkdwn and the markdown block have in common. */

import { dateNode } from "./dates.js";
import { append, el, link } from "./dom.js";
import { emoji } from "./emoji.js";

const WORD = /[\p{L}\p{N}_]/u;

/**
 * Turn one run of text into nodes.
 *
 * `scene` gives people and channels their names: {users, channels, me}.
 * `rules`: {marks: [[characters, tag], …] longest first, verbatim: no links of bare addresses,
 * markdown: also [label](address) and backslashes}.
 */
export function inline(text, scene, rules) {
  const nodes = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) nodes.push(plain);
    plain = "";
  };
  while (at < text.length) {
    const found = readSpecial(text, at, scene, rules);
    if (found === null) {
      plain += text[at];
      at += 1;
    } else if (typeof found.node === "string") {
      plain += found.node;
      at += found.length;
    } else {
      flush();
      nodes.push(found.node);
      at += found.length;
    }
  }
  flush();
  return nodes;
}

/** Turn `&amp;` `&lt;` `&gt;` back into what they stand for. */
export function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

function readSpecial(text, at, scene, rules) {
  const rest = text.slice(at);
  let match;
  switch (text[at]) {
    case "<":
      match = /^<([^<>\n]+)>/.exec(rest);
      return match && took(match, control(match[1], scene) ?? match[0]);
    case "`":
      match = /^`([^`\n]+)`/.exec(rest);
      return match && took(match, el("code", {}, ...insideCode(match[1], scene)));
    case "&":
      match = /^&(amp|lt|gt);/.exec(rest);
      return match && took(match, unescape(match[0]));
    case ":":
      match = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/.exec(rest);
      return match && took(match, emoji(match[1]) ?? match[0]);
    case "\\":
      match = rules.markdown && /^\\([!-/:-@[-`{-~])/.exec(rest);
      return match ? took(match, match[1]) : null;
    case "[":
      match = rules.markdown && /^\[([^\]\n]*)\]\(([^()\s]+)\)/.exec(rest);
      return match ? took(match, link(unescape(match[2]), ...inline(match[1], scene, rules))) : null;
    default:
      return readMark(text, at, scene, rules) ?? readBareAddress(text, at, rest, rules);
  }
}

function took(match, node) {
  return { length: match[0].length, node };
}

function readMark(text, at, scene, rules) {
  for (const [mark, tag] of rules.marks) {
    if (!text.startsWith(mark, at)) continue;
    const end = markEnd(text, at, mark);
    if (end === null) return null;
    const inner = text.slice(at + mark.length, end);
    return { length: end + mark.length - at, node: el(tag, {}, ...inline(inner, scene, rules)) };
  }
  return null;
}

// A mark opens at the edge of a word and closes at the edge of a word of the same line; links and code are passed over.
function markEnd(text, at, mark) {
  const first = text[at + mark.length];
  if ((at > 0 && WORD.test(text[at - 1])) || first === undefined || /\s/.test(first) || first === mark[0]) return null;
  for (let end = at + mark.length; end < text.length && text[end] !== "\n"; end += 1) {
    const skipTo = { "<": ">", "`": "`" }[text[end]];
    if (skipTo !== undefined) {
      const closing = text.indexOf(skipTo, end + 1);
      if (closing !== -1) end = closing;
      continue;
    }
    const after = text[end + mark.length];
    if (text.startsWith(mark, end) && !/\s/.test(text[end - 1]) && !(after !== undefined && WORD.test(after)))
      return end;
  }
  return null;
}

function readBareAddress(text, at, rest, rules) {
  if (rules.verbatim || (at > 0 && /[\w@./]/.test(text[at - 1]))) return null;
  const web = /^https?:\/\/[^\s<>|"]+/.exec(rest);
  if (web) {
    // The full stop or bracket after an address belongs to the sentence, and a mark that is open closes there.
    const address = web[0].replace(/(?:[.,;:!?)\]*_~'"]|&gt;)+$/, "");
    return { length: address.length, node: link(unescape(address), unescape(address)) };
  }
  const mail = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(rest);
  return mail && took(mail, link(`mailto:${mail[0]}`, mail[0]));
}

function insideCode(text, scene) {
  return text
    .split(/(<[^<>\n]+>)/)
    .map((part) => (part.startsWith("<") ? (control(part.slice(1, -1), scene) ?? part) : unescape(part)));
}

/** Turn what stands between < and > into a node, or return null when it is none of Slack's sequences. */
export function control(inner, scene) {
  const bar = inner.indexOf("|");
  const [target, label] = bar === -1 ? [inner, null] : [inner.slice(0, bar), unescape(inner.slice(bar + 1))];
  if (/^@[UW]\w+$/.test(target)) return personNode(target.slice(1), scene, label);
  if (/^#[CGD]\w+$/.test(target)) return channelNode(target.slice(1), scene, label);
  if (/^!(here|channel|everyone)$/.test(target)) return broadcastNode(target.slice(1));
  if (target.startsWith("!subteam^")) return groupNode(target.split("^")[1], label);
  if (target.startsWith("!date^")) return controlDate(target, label);
  if (/^[a-z][a-z0-9+.-]*:/i.test(target))
    return link(unescape(target), label ?? unescape(target).replace(/^mailto:/, ""));
  return null;
}

function controlDate(target, label) {
  const [, epoch, format, address] = target.split("^");
  const date = dateNode(epoch, unescape(format ?? ""), label ?? "");
  return address ? link(unescape(address), date) : date;
}

/** A mention of a person. */
export function personNode(id, scene, label = null) {
  const person = scene.users[id];
  const name = person?.real_name || person?.name || label || id;
  return el("span", { class: id === scene.me.id ? "mention mention-me" : "mention", text: `@${name}` });
}

/** A mention of a channel. */
export function channelNode(id, scene, label = null) {
  const channel = scene.channels.find((one) => one.id === id);
  return el("span", { class: "mention", text: `#${channel?.name ?? (label || id)}` });
}

/** A mention of a user group. */
export function groupNode(id, label = null) {
  return el("span", { class: "mention", text: `@${(label ?? id).replace(/^@/, "")}` });
}

/** @here, @channel or @everyone. */
export function broadcastNode(range) {
  return el("span", { class: "mention mention-me", text: `@${range}` });
}

/** Put nodes into a new element. */
export function wrap(tag, className, nodes) {
  const node = el(tag, { class: className });
  append(node, nodes);
  return node;
}
