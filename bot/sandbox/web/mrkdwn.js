/** Slack's mrkdwn and plain text objects as nodes (Slack: formatting message text). */

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { inline, unescape, wrap } from "./inline.js";

const MARKS = [
  ["*", "strong"],
  ["_", "em"],
  ["~", "s"],
];

/** Turn mrkdwn into nodes. `verbatim` leaves bare addresses as they are. */
export function mrkdwn(text, scene, { verbatim = false } = {}) {
  const rules = { marks: MARKS, verbatim };
  const nodes = [];
  text.split(/```\n?([\s\S]*?)\n?```/).forEach((part, index) => {
    if (index % 2 === 1) nodes.push(el("pre", { text: unescape(part.replace(/<([^<>|\n]+)(?:\|[^<>\n]*)?>/g, "$1")) }));
    else nodes.push(...lines(index === 0 ? part : part.replace(/^\n/, ""), scene, rules));
  });
  return nodes;
}

/** Turn a text object into nodes: mrkdwn, or plain text with its emoji names unless `emoji` is false. */
export function textObject(object, scene) {
  if (object.type === "mrkdwn") return mrkdwn(object.text, scene, { verbatim: object.verbatim === true });
  return [plainText(object)];
}

/** Return a plain text object as a string. */
export function plainText(object) {
  if (object.emoji === false) return object.text;
  return object.text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g, (whole, name) => emoji(name) ?? whole);
}

function lines(text, scene, rules) {
  const nodes = [];
  let run = [];
  let quoted = false;
  const flush = () => {
    if (run.length === 0) return;
    const content = inline(run.join("\n"), scene, rules);
    if (quoted) nodes.push(wrap("blockquote", "", content));
    else nodes.push(...content);
    run = [];
  };
  let quoteRest = false;
  for (const line of text.split("\n")) {
    const mark = quoteRest ? [""] : /^(?:(?:&gt;|>){3}|&gt;|>) ?/.exec(line);
    if (mark && /^(&gt;|>){3}/.test(mark[0])) quoteRest = true;
    if (Boolean(mark) !== quoted) {
      flush();
      quoted = Boolean(mark);
    }
    run.push(mark ? line.slice(mark[0].length) : line);
  }
  flush();
  return nodes;
}
