/** The list of a channel's messages: rows are kept while they do not change, and the scroll position with them. */

import { dayLabel } from "./dates.js";
import { el, replaceKeepingFocus } from "./dom.js";
import { Form } from "./form.js";
import { messageRow, noticeRow } from "./message.js";

// Slack shows the name once for messages that one person writes within five minutes.
const GROUP_SECONDS = 300;
const NEAR_END_PX = 48;

export class MessageList {
  #scroller;
  #list;
  #jump;
  #announce;
  #act;
  #rows = new Map();
  #forms = new Map();
  #noticed = new Map();
  #channel = null;
  #stuck = true;
  #moving = false;

  /**
   * `act(what, body)` does something as the person; `announce(text)` says it to screen readers.
   * `jump` is the button that leads to the end.
   */
  constructor({ scroller, list, jump, act, announce }) {
    this.#scroller = scroller;
    this.#list = list;
    this.#jump = jump;
    this.#act = act;
    this.#announce = announce;
    scroller.addEventListener("scroll", () => this.#noteScroll());
    jump.addEventListener("click", () => {
      this.stick();
      scroller.focus();
    });
    // Pictures and unfolded parts change the height after the rows are in.
    const sizes = new ResizeObserver(() => this.#stuck && this.#toEnd());
    sizes.observe(list);
    sizes.observe(scroller);
  }

  /** Go to the end and stay there: the person has just sent something. */
  stick() {
    this.#stuck = true;
    this.#toEnd();
  }

  /** Draw a channel of a state. */
  update(state, channel) {
    const changedChannel = this.#channel !== channel.id;
    if (changedChannel) {
      this.#channel = channel.id;
      this.#rows.clear();
      this.#list.replaceChildren();
      this.#stuck = true;
    }
    this.#noteNotices(state, channel);
    const entries = this.#entries(state, channel);
    const fresh = this.#draw(entries, state, channel);
    if (this.#stuck) this.#follow(changedChannel ? null : fresh.at(-1));
    else if (fresh.length > 0) this.#jump.hidden = false;
    if (!changedChannel) for (const entry of fresh) this.#announce(this.#spoken(entry, state));
  }

  #entries(state, channel) {
    const messages = channel.messages.map((message) => ({
      key: `m${message.ts}${message.ephemeral ? message.user : ""}`,
      ts: message.ts,
      message,
    }));
    const notices = state.notices
      .filter((notice) => this.#noticed.get(notice.id).channel === channel.id)
      .map((notice) => ({ key: `n${notice.id}`, ts: this.#noticed.get(notice.id).ts, notice }));
    return [...messages, ...notices].sort((one, other) => Number(one.ts) - Number(other.ts));
  }

  // A notice has no time of its own: it stands where the channel was when it came.
  #noteNotices(state, channel) {
    for (const notice of state.notices) {
      if (this.#noticed.has(notice.id)) continue;
      const home = state.channels.find((one) => one.id === notice.channel) ?? channel;
      const last = Number(home.messages.at(-1)?.ts ?? 0);
      this.#noticed.set(notice.id, { channel: home.id, ts: Math.max(last, Date.now() / 1000) });
    }
  }

  #draw(entries, state, channel) {
    const nodes = [];
    const fresh = [];
    let before = null;
    for (const entry of entries) {
      const day = dayOf(entry.ts);
      if (before === null || dayOf(before.ts) !== day) nodes.push(this.#divider(day, entry.ts));
      const row = this.#row(entry, state, channel, fresh);
      row.classList.toggle("compact", follows(entry, before));
      nodes.push(row);
      before = entry;
    }
    const kept = new Set(entries.map((entry) => entry.key).concat(nodes.map((node) => node.dataset.day)));
    for (const key of this.#rows.keys()) if (!kept.has(key)) this.#rows.delete(key);
    this.#arrange(nodes);
    return fresh;
  }

  // Rows that stay are not moved, so that focus and selection in them live on.
  #arrange(nodes) {
    const wanted = new Set(nodes);
    for (const child of [...this.#list.children]) if (!wanted.has(child)) this.#remove(child);
    nodes.forEach((node, index) => {
      if (this.#list.children[index] !== node) this.#list.insertBefore(node, this.#list.children[index] ?? null);
    });
  }

  #remove(child) {
    const focused = child.contains(document.activeElement);
    const neighbour = child.nextElementSibling ?? child.previousElementSibling;
    child.remove();
    if (focused)
      (neighbour?.tabIndex === -1 && neighbour.classList.contains("message") ? neighbour : this.#scroller).focus({
        preventScroll: true,
      });
  }

  #divider(day, ts) {
    const label = dayLabel(new Date(Number(ts) * 1000), new Date());
    const known = this.#rows.get(day);
    if (known?.signature === label) return known.node;
    const node = el("div", { class: "day", role: "listitem", "data-day": day }, el("span", { text: label }));
    this.#rows.set(day, { node, signature: label });
    return node;
  }

  #row(entry, state, channel, fresh) {
    const parent = parentOf(entry.message, channel);
    const signature = JSON.stringify([entry.message ?? entry.notice, parent?.text, state.shortcuts]);
    const known = this.#rows.get(entry.key);
    if (known?.signature === signature) return known.node;
    const scene = this.#scene(entry, state, channel, parent);
    const made = entry.message ? messageRow(entry.message, scene) : noticeRow({ ...entry.notice, ts: entry.ts }, scene);
    if (!known) {
      this.#rows.set(entry.key, { node: made, signature });
      fresh.push(entry);
      return made;
    }
    // The row itself stays: only what is in it is replaced.
    if (!replaceKeepingFocus(known.node, () => known.node.replaceChildren(...made.childNodes)))
      known.node.focus({ preventScroll: true });
    known.node.className = made.className;
    known.signature = signature;
    return known.node;
  }

  #scene(entry, state, channel, parent) {
    const base = { ...state, errors: {}, parent };
    if (entry.notice) return { ...base, dismiss: () => this.#act("dismiss", { notice: entry.notice.id }) };
    const at = { channel: channel.id, ts: entry.ts };
    const formKey = `${channel.id}/${entry.key}`;
    if (!this.#forms.has(formKey)) this.#forms.set(formKey, new Form());
    const form = this.#forms.get(formKey);
    return {
      ...base,
      form,
      act: (block, action, option) =>
        this.#act("action", { ...at, block_id: block, action_id: action, option, state: form.state() }),
      dismiss: () => this.#act("dismiss_message", at),
      shortcut: (callback) => this.#act("shortcut", { ...at, callback_id: callback }),
    };
  }

  #spoken(entry, state) {
    if (entry.notice) return `Slackbot, only to you: ${entry.notice.text}`;
    const { message } = entry;
    const name = message.username || state.users[message.user]?.real_name || message.user;
    return `${name}${message.ephemeral ? ", only to you" : ""}: ${message.text || "a message"}`;
  }

  #noteScroll() {
    const moving = this.#moving;
    this.#moving = false;
    if (moving) return;
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#stuck = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#stuck) this.#jump.hidden = true;
  }

  // To the end, but to the beginning of an answer that does not fit.
  #follow(newest) {
    const row = newest?.message?.ephemeral ? this.#rows.get(newest.key).node : null;
    if (row === null || row.offsetHeight <= this.#scroller.clientHeight) {
      this.#toEnd();
      return;
    }
    this.#stuck = false;
    // The scroll event of this is not the person's, and it may come near the end.
    this.#moving = true;
    this.#scroller.scrollTop += row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
  }

  #toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#jump.hidden = true;
  }
}

function parentOf(message, channel) {
  if (!message?.thread_ts || message.thread_ts === message.ts) return null;
  return channel.messages.find((one) => one.ts === message.thread_ts) ?? null;
}

function dayOf(ts) {
  return new Date(Number(ts) * 1000).toDateString();
}

function follows(entry, before) {
  if (!entry.message || !before?.message || entry.message.ephemeral || before.message.ephemeral) return false;
  if (entry.message.thread_ts && entry.message.thread_ts !== entry.ts) return false;
  const same = entry.message.user === before.message.user && entry.message.username === before.message.username;
  return same && Number(entry.ts) - Number(before.ts) < GROUP_SECONDS && dayOf(entry.ts) === dayOf(before.ts);
}
