/** Making elements. Data reaches the page only as text nodes and attributes, never as markup. */

const SAFE_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/**
 * Make an element.
 *
 * `props`: `class` and `text` are what they say, `on` maps event names to listeners, any other name is an attribute
 * (true: present without a value; false, null, undefined: absent).
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/** Append nodes and strings, of lists in lists too; what is null, undefined or false is left out. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
}

/** Return the address when it may be opened (http, https, mailto, tel), else null. */
export function safeAddress(address) {
  try {
    return SAFE_SCHEMES.has(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}

/** Make a link that opens a new tab, or for an address that may not be opened its text with that said. */
export function link(address, ...label) {
  const href = safeAddress(address);
  if (href === null) {
    return el("span", { class: "dead-link", title: `Not opened: ${address}` }, ...label);
  }
  return el("a", { class: "link", href, target: "_blank", rel: "noopener noreferrer", title: href }, ...label);
}

/** Open an address in a new tab that knows nothing of this page. */
export function openAddress(address) {
  const href = safeAddress(address);
  if (href !== null) window.open(href, "_blank", "noopener,noreferrer");
}

let lastId = 0;

/** Return an id that no other element of the page has. */
export function freshId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

/** Text that only a screen reader meets. */
export function hidden(text) {
  return el("span", { class: "visually-hidden", text });
}

/** What stands where the page does not know a type: seen, so that nobody takes it for shown. */
export function unknown(kind, type) {
  return el("span", { class: "unknown", role: "note", text: `unknown ${kind}: ${type}` });
}

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']";

/** Return what can be focused with Tab inside a node, in order. */
export function focusable(node) {
  return [...node.querySelectorAll(FOCUSABLE)].filter(
    (item) =>
      !item.disabled && item.tabIndex >= 0 && item.closest("[inert]") === null && item.getClientRects().length > 0,
  );
}

/** Keep Tab within a dialog: from its last control to its first and back. */
export function holdFocus(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.defaultPrevented) return;
    const items = focusable(dialog);
    if (items.length === 0) {
      event.preventDefault();
      return;
    }
    const [first, last] = [items[0], items[items.length - 1]];
    const outside = !items.includes(document.activeElement);
    if (event.shiftKey && (document.activeElement === first || outside)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  });
}

/**
 * Replace a node's children and put the focus and the text selection back where they were.
 *
 * A control is known again by its `data-key`. Returns false when the focus was inside and its control is gone.
 */
export function replaceKeepingFocus(node, replace) {
  const active = node.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const selection = active && "selectionStart" in active ? readSelection(active) : null;
  replace();
  if (active === null) return true;
  const again = key === undefined ? null : node.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again === null) return false;
  again.focus({ preventScroll: true });
  if (selection !== null) again.setSelectionRange(...selection);
  return true;
}

function readSelection(input) {
  return input.selectionStart === null ? null : [input.selectionStart, input.selectionEnd];
}
