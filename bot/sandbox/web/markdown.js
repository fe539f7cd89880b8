/**
 * The markdown block: headings, lists, quotes, fences, tables, rules and running text.
 *
 * Slack's own <…> sequences are live in it.
 */

import { el } from "./dom.js";
import { inline, wrap } from "./inline.js";

const MARKS = [
  ["**", "strong"],
  ["__", "strong"],
  ["~~", "s"],
  ["*", "em"],
  ["_", "em"],
];
const RULES = { marks: MARKS, verbatim: false, markdown: true };
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;

// Each reads lines from `at` and returns [node, next line], or null where it does not begin there.
const READERS = [readFence, readHeading, readRule, readQuote, readTable, readList];

/** Turn markdown into nodes. */
export function markdown(text, scene) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const nodes = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length > 0) nodes.push(wrap("p", "", inline(paragraph.join("\n"), scene, RULES)));
    paragraph = [];
  };
  let at = 0;
  while (at < lines.length) {
    const found = firstOf(lines, at, scene);
    if (found !== null) {
      flush();
      nodes.push(found[0]);
      at = found[1];
      continue;
    }
    if (lines[at].trim() === "") flush();
    else paragraph.push(lines[at]);
    at += 1;
  }
  flush();
  return nodes;
}

function firstOf(lines, at, scene) {
  for (const read of READERS) {
    const found = read(lines, at, scene);
    if (found !== null) return found;
  }
  return null;
}

function readFence(lines, at) {
  if (!/^\s*```/.test(lines[at])) return null;
  let end = at + 1;
  while (end < lines.length && !/^\s*```\s*$/.test(lines[end])) end += 1;
  return [el("pre", { text: lines.slice(at + 1, end).join("\n") }), end + 1];
}

function readHeading(lines, at, scene) {
  const match = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]);
  return (
    match && [wrap("p", `heading heading-${Math.min(match[1].length, 3)}`, inline(match[2], scene, RULES)), at + 1]
  );
}

function readRule(lines, at) {
  return /^\s*([-*_])(?:\s*\1){2,}\s*$/.test(lines[at]) ? [el("hr"), at + 1] : null;
}

function readQuote(lines, at, scene) {
  const quote = /^\s*(?:>|&gt;) ?/;
  let end = at;
  while (end < lines.length && quote.test(lines[end])) end += 1;
  if (end === at) return null;
  return [
    wrap(
      "blockquote",
      "",
      markdown(
        lines
          .slice(at, end)
          .map((line) => line.replace(quote, ""))
          .join("\n"),
        scene,
      ),
    ),
    end,
  ];
}

function readList(lines, at, scene) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const ordered = /\d/.test(first[2]);
  const list = el(ordered ? "ol" : "ul", { start: ordered ? parseInt(first[2], 10) : null });
  let next = at;
  while (next < lines.length) {
    const item = ITEM.exec(lines[next]);
    if (!item || item[1].length < first[1].length) break;
    if (item[1].length > first[1].length + 1) {
      const [inner, after] = readList(lines, next, scene);
      (list.lastElementChild ?? list).append(inner);
      next = after;
      continue;
    }
    if (/\d/.test(item[2]) !== ordered) break;
    const box = item[3] === undefined ? [] : [item[3] === " " ? "☐ " : "☑ "];
    list.append(wrap("li", "", [...box, ...inline(item[4], scene, RULES)]));
    next += 1;
  }
  return [list, next];
}

function readTable(lines, at, scene) {
  if (!lines[at].includes("|") || !/^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$/.test(lines[at + 1] ?? ""))
    return null;
  const row = (line, tag) => {
    const cells = line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|");
    return wrap(
      "tr",
      "",
      cells.map((cell) => wrap(tag, "", inline(cell.trim(), scene, RULES))),
    );
  };
  const table = el("table", { class: "table" }, el("thead", {}, row(lines[at], "th")));
  const body = el("tbody");
  let end = at + 2;
  for (; end < lines.length && lines[end].includes("|"); end += 1) body.append(row(lines[end], "td"));
  table.append(body);
  return [el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table), end];
}
