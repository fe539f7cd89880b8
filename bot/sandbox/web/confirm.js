/** The question that a `confirm` object asks before its element acts (Slack: confirmation dialog object). */

import { el, freshId, holdFocus } from "./dom.js";
import { wrap } from "./inline.js";
import { plainText, textObject } from "./mrkdwn.js";

/**
 * Ask, above whatever is open.
 *
 * Resolves to true for the confirm button, to false for the other one, Escape or a click beside the dialog.
 */
export function askConfirm(question, scene) {
  return new Promise((resolve) => {
    const titleId = freshId("confirm");
    const style = question.style === "danger" ? "danger" : "primary";
    const deny = el("button", { type: "button", class: "button" }, question.deny ? plainText(question.deny) : "Cancel");
    const confirm = el(
      "button",
      { type: "button", class: `button ${style}` },
      question.confirm ? plainText(question.confirm) : "OK",
    );
    const dialog = el(
      "dialog",
      { class: "confirm", "aria-labelledby": titleId },
      el("h2", { id: titleId }, question.title ? plainText(question.title) : "Are you sure?"),
      question.text ? wrap("div", "running", textObject(question.text, scene)) : null,
      el("div", { class: "dialog-foot" }, deny, confirm),
    );
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    deny.addEventListener("click", () => done(false));
    confirm.addEventListener("click", () => done(true));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      done(false);
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) done(false);
    });
    holdFocus(dialog);
    document.body.append(dialog);
    dialog.showModal();
    confirm.focus();
  });
}
