/** Modals: the stack of a person's open views, the uppermost shown (Slack: modals, at most three). */

import { renderBlocks } from "./blocks.js";
import { el, focusable, holdFocus, replaceKeepingFocus } from "./dom.js";
import { Form } from "./form.js";
import { icon } from "./icons.js";
import { plainText } from "./mrkdwn.js";

export class Modal {
  #act;
  #dialog;
  #body;
  #title;
  #back;
  #foot;
  #banner;
  #submit = null;
  #forms = new Map();
  #views = [];
  #drawn = null;
  #errors = null;
  #sending = false;
  #focusWhenFree = null;
  #returnTo = null;
  #fallback;

  /** `act(what, body)` does something as the person; `fallback()` takes the focus when what had it is gone. */
  constructor(act, fallback) {
    this.#act = act;
    this.#fallback = fallback;
    this.#title = el("h2", { class: "modal-title", id: "modal-title", tabindex: "-1" });
    this.#back = el(
      "button",
      { type: "button", class: "tool", "aria-label": "Back", title: "Back", on: { click: () => this.#close(1) } },
      icon("back"),
    );
    const close = el(
      "button",
      {
        type: "button",
        class: "tool modal-close",
        "aria-label": "Close",
        title: "Close",
        on: { click: () => this.#close(this.#views.length) },
      },
      icon("close"),
    );
    this.#banner = el("p", { class: "modal-banner", role: "alert", hidden: true });
    this.#body = el("div", { class: "modal-body" });
    this.#foot = el("div", { class: "dialog-foot" });
    const form = el(
      "form",
      { class: "modal-form", novalidate: true },
      el("div", { class: "modal-head" }, this.#back, this.#title, close),
      this.#banner,
      this.#body,
      this.#foot,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#dialog = el("dialog", { class: "modal", id: "modal", "aria-labelledby": "modal-title" }, form);
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#close(1);
    });
    holdFocus(this.#dialog);
    document.body.append(this.#dialog);
  }

  /** Draw the views of a state. */
  update(state) {
    this.#views = state.views;
    for (const id of this.#forms.keys()) if (!this.#views.some((view) => view.id === id)) this.#forms.delete(id);
    const view = this.#views.at(-1);
    if (view === undefined) {
      this.#hide();
      return;
    }
    const signature = JSON.stringify([
      view.id,
      view.hash,
      view.title,
      view.blocks,
      view.submit,
      view.close,
      view.errors,
      this.#views.length,
    ]);
    if (signature !== this.#drawn) this.#draw(view, state, signature);
    this.#showBusy();
  }

  #draw(view, state, signature) {
    const opening = !this.#dialog.open;
    if (opening) {
      this.#returnTo = document.activeElement;
      this.#dialog.showModal();
    }
    const sameView = this.#drawn !== null && JSON.parse(this.#drawn)[0] === view.id;
    const scrolled = this.#body.scrollTop;
    this.#drawn = signature;
    this.#banner.hidden = true;
    this.#title.textContent = view.title ? plainText(view.title) : "";
    this.#back.hidden = this.#views.length < 2;
    const redraw = () => {
      this.#drawFoot(view);
      this.#drawBody(view, state);
    };
    const kept = replaceKeepingFocus(this.#dialog, redraw) && !opening;
    this.#body.scrollTop = sameView ? scrolled : 0;
    const errors = JSON.stringify(view.errors ?? {});
    const newErrors = errors !== this.#errors && errors !== "{}";
    this.#errors = errors;
    if (newErrors) this.#focusFirst("[aria-invalid='true']");
    else if (!kept || !sameView || document.activeElement === this.#title)
      this.#focusFirst("[data-focus-first]", ".block-input :is(input, select, textarea)");
  }

  #drawBody(view, state) {
    if (!this.#forms.has(view.id)) this.#forms.set(view.id, new Form());
    const form = this.#forms.get(view.id);
    const scene = {
      ...state,
      form,
      errors: view.errors ?? {},
      act: (block, action, option) =>
        this.#act("action", { view_id: view.id, block_id: block, action_id: action, option, state: form.state() }),
    };
    form.begin();
    this.#body.replaceChildren(...renderBlocks(view.blocks, scene));
    form.end();
  }

  #drawFoot(view) {
    const words = view.close ? plainText(view.close) : view.submit ? "Cancel" : "Close";
    const close = el(
      "button",
      { type: "button", class: "button", "data-key": "modal-cancel", on: { click: () => this.#close(1) } },
      words,
    );
    this.#submit = view.submit
      ? el(
          "button",
          { type: "submit", class: "button primary", "data-key": "modal-submit" },
          el("span", { text: plainText(view.submit) }),
        )
      : null;
    this.#foot.replaceChildren(close, ...(this.#submit ? [this.#submit] : []));
  }

  // What the first of the selectors finds that finds anything.
  #focusFirst(...selectors) {
    if (this.#body.inert) {
      this.#focusWhenFree = selectors;
      return;
    }
    const found = selectors.map((selector) => this.#body.querySelector(selector)).find(Boolean) ?? null;
    const target = found === null || found.matches("input, select, textarea") ? found : focusable(found)[0];
    (target ?? this.#title).focus();
  }

  async #send() {
    const view = this.#views.at(-1);
    if (this.#sending || view === undefined || !view.submit || view.busy) return;
    this.#sending = true;
    this.#banner.hidden = true;
    this.#showBusy();
    const done = await this.#act("submit", { view_id: view.id, values: this.#forms.get(view.id).state() });
    this.#sending = false;
    this.#showBusy();
    // Errors of inputs stand under their inputs; without any, it was the sending itself that failed.
    const current = this.#views.find((one) => one.id === view.id);
    if (!done && current && Object.keys(current.errors ?? {}).length === 0) this.#complain();
  }

  #complain() {
    this.#banner.textContent = "We had some trouble connecting. Try again?";
    this.#banner.hidden = false;
  }

  // While the app answers, nothing can be changed any more: what is sent is what is seen.
  #showBusy() {
    const busy = this.#sending || this.#views.at(-1)?.busy === true;
    if (busy && this.#body.contains(document.activeElement)) (this.#submit ?? this.#title).focus();
    this.#body.inert = busy;
    if (!busy && this.#focusWhenFree !== null) {
      this.#focusFirst(...this.#focusWhenFree);
      this.#focusWhenFree = null;
    }
    this.#submit?.classList.toggle("busy", busy);
    this.#submit?.setAttribute("aria-disabled", String(busy));
    this.#dialog.setAttribute("aria-busy", String(busy));
  }

  async #close(count) {
    for (const view of this.#views.slice(-count).reverse()) await this.#act("close", { view_id: view.id });
  }

  #hide() {
    if (!this.#dialog.open) return;
    this.#dialog.close();
    this.#drawn = null;
    this.#errors = null;
    if (this.#returnTo?.isConnected) this.#returnTo.focus({ preventScroll: true });
    else this.#fallback();
  }
}
