/** A menu that opens at a button: the ⋯ of a message, an overflow element. Arrows, Home, End, Escape and Tab work. */

import { el } from "./dom.js";

let closeOpen = null;

/**
 * Open a menu beside `anchor`; a second press on the anchor closes it.
 *
 * `items`: [{label, detail (or null), choose: function}]. `label` names the menu for screen readers.
 */
export function openMenu(anchor, items, label) {
  const again = anchor.getAttribute("aria-expanded") === "true";
  closeOpen?.(false);
  if (again) return;
  const close = (refocus) => {
    closeOpen = null;
    anchor.setAttribute("aria-expanded", "false");
    for (const [target, type, listener] of listeners) target.removeEventListener(type, listener, true);
    menu.remove();
    if (refocus) anchor.focus({ preventScroll: true });
  };
  const buttons = items.map((item) => itemButton(item, close));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, popover: "manual" }, ...buttons);
  menu.addEventListener("keydown", (event) => onKey(event, buttons, close));
  const listeners = [
    [document, "pointerdown", (event) => menu.contains(event.target) || anchor.contains(event.target) || close(false)],
    [document, "scroll", (event) => menu.contains(event.target) || close(false)],
    [window, "resize", () => close(false)],
  ];
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener, true);
  // Inside an open dialog only what belongs to the dialog can be reached.
  (anchor.closest("dialog") ?? document.body).append(menu);
  menu.showPopover();
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  closeOpen = close;
  buttons[0]?.focus({ preventScroll: true });
}

function itemButton(item, close) {
  const detail = item.detail ? el("span", { class: "menu-detail", text: item.detail }) : null;
  const choose = () => {
    close(true);
    item.choose();
  };
  return el(
    "button",
    { type: "button", role: "menuitem", tabindex: "-1", class: "menu-item", on: { click: choose } },
    el("span", { text: item.label }),
    detail,
  );
}

function onKey(event, buttons, close) {
  const at = buttons.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to !== undefined) buttons[(to + buttons.length) % buttons.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close(true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function place(menu, anchor) {
  const [button, box] = [anchor.getBoundingClientRect(), menu.getBoundingClientRect()];
  const below = button.bottom + 4;
  const top = below + box.height <= window.innerHeight - 8 ? below : Math.max(8, button.top - box.height - 4);
  const left = Math.min(Math.max(8, button.right - box.width), window.innerWidth - box.width - 8);
  menu.style.top = `${top}px`;
  menu.style.left = `${left}px`;
}
