/** Times as Slack writes them, in the zone of the person who reads. */

import { el } from "./dom.js";

const DAY_MS = 86_400_000;
const HALF_YEAR_MS = 183 * DAY_MS;

/** Return "2:14 PM". */
export function clockTime(date, seconds = false) {
  const parts = { hour: "numeric", minute: "2-digit", hour12: true };
  return date.toLocaleTimeString("en-US", seconds ? { ...parts, second: "2-digit" } : parts).replace(/\u202f/g, " ");
}

/** Return "Today", "Yesterday" or "Tuesday, November 18th": the words between two days of messages. */
export function dayLabel(date, now) {
  return relativeDay(date, now) ?? longDate(date, now, { weekday: "long", month: "long", day: "numeric" });
}

const TOKENS = {
  date_num: (date) => [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-"),
  date: (date, now) => longDate(date, now, { month: "long", day: "numeric" }),
  date_short: (date, now) => longDate(date, now, { month: "short", day: "numeric" }),
  date_long: (date, now) => longDate(date, now, { weekday: "long", month: "long", day: "numeric" }),
  time: (date) => clockTime(date),
  time_secs: (date) => clockTime(date, true),
  ago: (date, now) => ago(date, now),
};
for (const name of ["date", "date_short", "date_long"]) {
  TOKENS[`${name}_pretty`] = (date, now) => relativeDay(date, now) ?? TOKENS[name](date, now);
}

/**
 * Write a time by a Slack date format such as "{date_short_pretty} at {time}".
 *
 * Tokens: {date_num} {date} {date_short} {date_long}, the last three also with _pretty, {time} {time_secs} {ago}.
 * Returns null for a time that is none and for an unknown token: the fallback is shown then.
 */
export function formatDate(epoch, format, now = new Date()) {
  const date = new Date(Number(epoch) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (_, token, position) => {
    if (!Object.hasOwn(TOKENS, token)) {
      known = false;
      return "";
    }
    const words = TOKENS[token](date, now);
    return position === 0 ? words : words.replace(/^(Today|Yesterday|Tomorrow)$/, (word) => word.toLowerCase());
  });
  return known ? text : null;
}

/** Make a <time> of a Slack date; its text follows the clock through `refreshDates`. */
export function dateNode(epoch, format, fallback) {
  const text = formatDate(epoch, format);
  if (text === null) return document.createTextNode(fallback);
  const date = new Date(Number(epoch) * 1000);
  return el("time", {
    datetime: date.toISOString(),
    "data-epoch": epoch,
    "data-format": format,
    title: `${dayLabel(date, new Date())} at ${clockTime(date, true)}`,
    text,
  });
}

/** Write every date of the page anew, since "today" and "3 minutes ago" pass. */
export function refreshDates(root = document) {
  for (const node of root.querySelectorAll("time[data-format]")) {
    const text = formatDate(node.dataset.epoch, node.dataset.format);
    if (node.textContent !== text) node.textContent = text;
  }
}

function relativeDay(date, now) {
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  // Rounded, because a day with a clock change is 23 or 25 hours long.
  const days = Math.round((midnight(date) - midnight(now)) / DAY_MS);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[days] ?? null;
}

// "Tuesday, February 18th, 2014", or "Feb 18, 2014" with a short month.
// The year is left out within six months (Slack: formatting message text, dates).
function longDate(date, now, parts) {
  const near = Math.abs(date.getTime() - now.getTime()) < HALF_YEAR_MS;
  const text = date.toLocaleDateString("en-US", near ? parts : { ...parts, year: "numeric" });
  if (parts.month === "short") return text;
  return text.replace(/(\d{1,2})(?=,|$)/, (day) => day + ordinal(Number(day)));
}

function ordinal(day) {
  if (day > 10 && day < 14) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}

function ago(date, now) {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  const [size, unit] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
    [1, "second"],
  ].find(([s]) => Math.abs(seconds) >= s) ?? [1, "second"];
  const count = Math.floor(Math.abs(seconds) / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

function two(number) {
  return String(number).padStart(2, "0");
}
