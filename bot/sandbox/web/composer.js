/** The box at the bottom: messages and slash commands, with the list of commands that a "/" opens. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

export class Composer {
  #act;
  #sent;
  #text;
  #list;
  #send;
  #hint;
  #commands = [];
  #matches = [];
  #chosen = -1;
  #dismissed = false;
  #channel = null;
  #drafts = new Map();
  #tried = false;

  /** `act(what, body)` does something as the person; `sent()` is called when a line leaves. */
  constructor(root, { act, sent }) {
    this.#act = act;
    this.#sent = sent;
    this.#text = this.#textBox();
    this.#list = el("div", {
      class: "commands",
      id: "commands",
      role: "listbox",
      "aria-label": "Commands",
      hidden: true,
    });
    this.#send = el(
      "button",
      { type: "button", class: "send", "aria-label": "Send", title: "Send", on: { click: () => this.#submit() } },
      icon("send"),
    );
    const slash = el(
      "button",
      {
        type: "button",
        class: "tool",
        "aria-label": "Run a command",
        title: "Run a command",
        on: { click: () => this.#fill("/") },
      },
      icon("slash"),
    );
    this.#hint = el("p", { class: "welcome", hidden: true });
    const box = el(
      "div",
      { class: "composer-box" },
      this.#list,
      this.#text,
      el("div", { class: "composer-foot" }, slash, this.#send),
    );
    root.append(this.#hint, box);
    this.#draw();
  }

  /** Draw for a channel of a state. What is typed stays, each channel's for itself. */
  update(state, channel) {
    this.#commands = state.commands;
    if (this.#channel?.id !== channel.id) {
      if (this.#channel !== null) this.#drafts.set(this.#channel.id, this.#text.value);
      this.#channel = channel;
      this.#text.value = this.#drafts.get(channel.id) ?? "";
      this.#typed();
    }
    const place = channel.kind === "dm" ? channel.name : `#${channel.name}`;
    this.#text.placeholder = `Message ${place}`;
    this.#text.setAttribute("aria-label", `Message ${place}`);
    this.#drawHint(state);
  }

  focus() {
    this.#text.focus();
  }

  #textBox() {
    const box = el("textarea", {
      class: "composer-text",
      rows: "1",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": "commands",
      "aria-expanded": "false",
      autocomplete: "off",
    });
    box.addEventListener("input", () => this.#typed());
    box.addEventListener("keydown", (event) => this.#key(event));
    return box;
  }

  #typed() {
    this.#dismissed = false;
    this.#chosen = -1;
    this.#draw();
  }

  #key(event) {
    if (event.isComposing) return;
    const open = this.#matches.length > 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && step !== undefined) this.#choose(step);
    else if (open && event.key === "Tab" && !event.shiftKey) this.#take(this.#matches[Math.max(0, this.#chosen)]);
    else if (open && event.key === "Escape") {
      this.#dismissed = true;
      this.#draw();
    } else if (event.key === "Enter" && !event.shiftKey) this.#enter();
    else return;
    event.preventDefault();
  }

  // Enter takes what the arrows chose, or finishes a command that is typed half; a whole one is sent.
  #enter() {
    const word = this.#text.value.trim();
    const whole = this.#commands.some((one) => one.command === word);
    if (this.#matches.length > 0 && (this.#chosen >= 0 || (!whole && word !== "/")))
      this.#take(this.#matches[Math.max(0, this.#chosen)]);
    else this.#submit();
  }

  #choose(step) {
    const count = this.#matches.length;
    this.#chosen = this.#chosen === -1 && step < 0 ? count - 1 : (this.#chosen + step + count) % count;
    this.#draw();
  }

  #take(command) {
    this.#fill(`${command.command} `);
  }

  #fill(text) {
    this.#text.value = text;
    this.#text.focus();
    this.#typed();
  }

  async #submit() {
    const text = this.#text.value.trim();
    if (text === "" || this.#channel === null) return;
    const command = text.startsWith("/");
    if (command) this.#tried = true;
    this.#fill("");
    this.#sent();
    const channel = this.#channel.id;
    const delivered = await this.#act(command ? "slash" : "message", { channel, text });
    if (delivered) return;
    // The line never left: it goes back to where it was typed.
    if (this.#channel.id === channel && this.#text.value === "") this.#fill(text);
    else if (this.#channel.id !== channel) this.#drafts.set(channel, text);
  }

  #draw() {
    const text = this.#text.value;
    const typing = /^\/\S*$/.test(text) && !this.#dismissed;
    this.#matches = typing ? this.#commands.filter((one) => one.command.startsWith(text.toLowerCase())) : [];
    const started = this.#commands.find((one) => text.startsWith(`${one.command} `));
    const shown = this.#matches.length > 0 ? this.#matches : [];
    const options = shown.map((command, index) => this.#option(command, index));
    const usage =
      started && !this.#dismissed
        ? [el("div", { class: "usage" }, el("strong", { text: started.command }), ` ${started.usage_hint ?? ""}`)]
        : [];
    const title = shown.length > 0 ? [el("div", { class: "commands-title", role: "presentation" }, "Commands")] : [];
    this.#list.replaceChildren(...title, ...options, ...usage);
    this.#list.hidden = options.length + usage.length === 0;
    this.#text.setAttribute("aria-expanded", String(options.length > 0));
    if (this.#chosen >= 0) this.#text.setAttribute("aria-activedescendant", `command-${this.#chosen}`);
    else this.#text.removeAttribute("aria-activedescendant");
    this.#send.classList.toggle("ready", text.trim() !== "");
    this.#text.style.height = "auto";
    this.#text.style.height = `${Math.min(this.#text.scrollHeight, 220)}px`;
  }

  #option(command, index) {
    const chosen = index === Math.max(0, this.#chosen);
    const option = el(
      "div",
      {
        class: chosen ? "command chosen" : "command",
        role: "option",
        id: `command-${index}`,
        "aria-selected": String(chosen),
      },
      el(
        "span",
        { class: "command-line" },
        el("strong", { text: command.command }),
        el("span", { class: "command-hint", text: command.usage_hint ?? "" }),
      ),
      el("span", { class: "command-words", text: command.description ?? "" }),
    );
    // Pointerdown, not click: the box keeps the focus.
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#take(command);
    });
    return option;
  }

  // Shown until a command was tried, in this page or before it was loaded.
  #drawHint(state) {
    const first = state.commands[0];
    const answered = state.channels.some((channel) => channel.messages.some((message) => message.ephemeral));
    this.#hint.hidden = this.#tried || answered || first === undefined;
    if (this.#hint.hidden || this.#hint.childElementCount > 0) return;
    const example = `${first.command} ${(first.usage_hint ?? "").split("|")[0].trim()}`.trim();
    const button = el(
      "button",
      { type: "button", class: "text-button", on: { click: () => this.#fill(example) } },
      "Try ",
      el("code", { text: example }),
    );
    this.#hint.append(button, el("span", { text: " and press Enter, or open the ⋯ menu of a message." }));
  }
}
