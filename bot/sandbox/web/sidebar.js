/** The sidebar: the workspace, its channels, and the door to what LeadSquared received. */

import { el, hidden, replaceKeepingFocus } from "./dom.js";
import { icon } from "./icons.js";
import { avatar } from "./message.js";

export class Sidebar {
  #root;
  #open;
  #toggleNotes;
  #read = new Map();
  #drawn = "";

  /** `open(channel id)` shows a channel, `toggleNotes()` the internal notes. */
  constructor(root, { open, toggleNotes }) {
    this.#root = root;
    this.#open = open;
    this.#toggleNotes = toggleNotes;
  }

  /** Draw the channels; `active` is the id of the one that is shown, `notes` what the notes panel says of itself. */
  update(state, active, notes) {
    const rows = state.channels.map((channel) => ({
      ...channel,
      messages: undefined,
      unread: this.#unread(channel, active),
    }));
    const signature = JSON.stringify([state.team, state.me, rows, active, notes]);
    if (signature === this.#drawn) return;
    this.#drawn = signature;
    replaceKeepingFocus(this.#root, () => this.#draw(state, rows, active, notes));
  }

  // All that was there when the page was loaded counts as read.
  #unread(channel, active) {
    const last = channel.messages.at(-1)?.ts ?? "0";
    if (channel.id === active || !this.#read.has(channel.id)) this.#read.set(channel.id, last);
    return Number(last) > Number(this.#read.get(channel.id));
  }

  #draw(state, rows, active, notes) {
    const { me, team } = state;
    const group = (title, items) =>
      items.length > 0
        ? [el("h2", { class: "sidebar-title", text: title }), el("ul", { class: "sidebar-list" }, ...items)]
        : [];
    const row = (channel) => this.#row(channel, channel.id === active);
    this.#root.replaceChildren(
      el("div", { class: "team" }, el("span", { class: "team-name", text: team.name })),
      ...group("Channels", rows.filter((channel) => channel.kind !== "dm").map(row)),
      ...group("Direct messages", rows.filter((channel) => channel.kind === "dm").map(row)),
      ...group("Where notes arrive", [el("li", {}, this.#notesButton(notes))]),
      el(
        "div",
        { class: "me" },
        avatar(me.real_name || me.name, me.id, state.users[me.id]?.color),
        el("span", { class: "me-name" }, hidden("You are "), me.real_name || me.name),
      ),
    );
  }

  #row(channel, isActive) {
    const sign =
      { private: icon("lock"), dm: el("span", { class: "dm-dot", "aria-hidden": "true" }) }[channel.kind] ??
      icon("hash");
    const kind = { private: "private channel ", dm: "direct message " }[channel.kind] ?? "channel ";
    const button = el(
      "button",
      {
        type: "button",
        class: `sidebar-row${channel.unread ? " unread" : ""}`,
        "aria-current": isActive ? "page" : null,
        "data-key": channel.id,
      },
      sign,
      hidden(kind),
      el("span", { class: "sidebar-name", text: channel.name }),
      channel.unread ? el("span", { class: "badge", text: "new" }) : null,
    );
    button.addEventListener("click", () => this.#open(channel.id));
    return el("li", {}, button);
  }

  #notesButton(notes) {
    return el(
      "button",
      {
        type: "button",
        class: "sidebar-row",
        id: "notes-toggle",
        "aria-expanded": String(notes.open),
        "aria-controls": "notes",
        "data-key": "notes",
        on: { click: this.#toggleNotes },
      },
      icon("notes"),
      el("span", { class: "sidebar-name", text: "LeadSquared (stand-in)" }),
      notes.count > 0
        ? el(
            "span",
            { class: "badge" },
            String(notes.count),
            hidden(notes.count === 1 ? " internal note" : " internal notes"),
          )
        : null,
    );
  }
}
