/** The panel with the internal notes that arrived at the LeadSquared stand-in. */

import { getNotes, Unreachable } from "./api.js";
import { dateNode } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";

export class Notes {
  #root;
  #list;
  #changed;
  #announce;
  #notes = null;

  /** `changed()` is called when the panel opens or closes, or when the number of notes is another. */
  constructor(root, { changed, announce }) {
    this.#root = root;
    this.#changed = changed;
    this.#announce = announce;
    this.#list = el("ol", { class: "notes-list", reversed: true });
    const close = el(
      "button",
      {
        type: "button",
        class: "tool",
        "aria-label": "Close the panel",
        title: "Close",
        on: { click: () => this.toggle() },
      },
      icon("close"),
    );
    root.append(
      el(
        "header",
        { class: "notes-head" },
        el("h2", { class: "notes-title", id: "notes-title", tabindex: "-1", text: "LeadSquared (stand-in)" }),
        close,
      ),
      el("p", {
        class: "notes-words",
        text: "Internal notes that arrived here, newest first. Customers do not see them.",
      }),
      this.#list,
    );
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle());
  }

  /** What the sidebar shows: {open, count}. */
  get summary() {
    return { open: !this.#root.hidden, count: this.#notes?.length ?? 0 };
  }

  /** Open or close the panel, and move the focus with it. */
  toggle() {
    this.#root.hidden = !this.#root.hidden;
    this.#changed();
    if (this.#root.hidden) document.getElementById("notes-toggle")?.focus();
    else this.#root.querySelector("#notes-title").focus();
  }

  /** Fetch the notes again. A server that does not answer leaves them as they are: the state loop tells the person. */
  async refresh() {
    let notes;
    try {
      notes = await getNotes();
    } catch (error) {
      if (error instanceof Unreachable) return;
      throw error;
    }
    if (JSON.stringify(notes) === JSON.stringify(this.#notes)) return;
    const more = this.#notes !== null && notes.length > this.#notes.length;
    this.#notes = notes;
    this.#draw();
    if (more) this.#announce("An internal note arrived at LeadSquared.");
    this.#changed();
  }

  #draw() {
    const items = [...this.#notes]
      .sort((one, other) => epochOf(one.at) - epochOf(other.at))
      .reverse()
      .map(noteItem);
    this.#list.replaceChildren(
      ...(items.length > 0 ? items : [el("li", { class: "notes-empty", text: "No internal note has arrived yet." })]),
    );
  }
}

function noteItem(note) {
  return el(
    "li",
    { class: "note" },
    el(
      "div",
      { class: "note-head" },
      el("strong", { text: `Ticket #${note.ticket}` }),
      dateNode(epochOf(note.at), "{date_short_pretty} at {time_secs}", String(note.at ?? "")),
    ),
    el("p", { class: "note-text", text: note.text }),
  );
}

// Seconds since 1970, or an ISO time; one without a zone is UTC, as LeadSquared writes it.
function epochOf(at) {
  if (typeof at === "number") return at;
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(at) ? at : `${at}Z`) / 1000;
}
