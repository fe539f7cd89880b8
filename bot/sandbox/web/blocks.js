/** Blocks as nodes (Slack: Block Kit reference). A type that is not known here shows as a red box. */

import { append, el, freshId, hidden, unknown } from "./dom.js";
import { imageNode, renderElement } from "./elements.js";
import { icon } from "./icons.js";
import { wrap } from "./inline.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

// Slack folds long sections and gives no number for it; these are near what its desktop client does.
const FOLD_CHARACTERS = 700;
const FOLD_LINES = 10;

const BLOCKS = {
  section,
  header: (block) => el("h3", { class: "block-header", text: plainText(block.text) }),
  divider: () => el("hr", { class: "block-divider" }),
  context: (block, scene, id) =>
    el("div", { class: "block-context" }, ...block.elements.map((item) => contextItem(item, scene, id))),
  actions: (block, scene, id) =>
    el(
      "div",
      { class: "block-actions" },
      ...block.elements.map((item) => renderElement(item, scene, { block: id, input: null })),
    ),
  input,
  image,
  rich_text: (block, scene) => wrap("div", "running rich-text", richText(block.elements, scene)),
  markdown: (block, scene) => wrap("div", "running markdown", markdown(block.text, scene)),
  table,
  container,
  alert,
};

/**
 * Turn blocks into nodes.
 *
 * `scene`: {team, me, users, channels, form, errors: {block_id: text}, act(block_id, action_id, option)}.
 */
export function renderBlocks(blocks, scene, stem = "") {
  return blocks.map((block, index) => {
    const make = Object.hasOwn(BLOCKS, block?.type ?? "") ? BLOCKS[block.type] : null;
    const id = block?.block_id ?? `${stem}#${index}`;
    return el(
      "div",
      { class: "block", "data-block-id": id },
      make ? make(block, scene, id) : unknown("block", block?.type ?? block),
    );
  });
}

function section(block, scene, id) {
  const words = el("div", { class: "section-words" });
  if (block.text) words.append(foldable(block, scene, id));
  if (block.fields) {
    const fields = block.fields.map((field) => wrap("div", "running", textObject(field, scene)));
    words.append(el("div", { class: "section-fields" }, ...fields));
  }
  const accessory = block.accessory ? renderElement(block.accessory, scene, { block: id, input: null }) : null;
  return el("div", { class: "block-section" }, words, accessory && el("div", { class: "accessory" }, accessory));
}

function foldable(block, scene, id) {
  const text = wrap("div", "running", textObject(block.text, scene));
  const long = block.text.text.length > FOLD_CHARACTERS || block.text.text.split("\n").length > FOLD_LINES;
  if (!long || block.expand === true) return text;
  text.id = freshId("fold");
  const more = el("button", {
    type: "button",
    class: "text-button",
    "aria-controls": text.id,
    "data-key": `${id}/fold`,
  });
  const show = (open) => {
    text.classList.toggle("folded", !open);
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "See less" : "See more";
  };
  show(scene.form.isOpen(id, false));
  more.addEventListener("click", () => {
    const open = more.getAttribute("aria-expanded") !== "true";
    scene.form.setOpen(id, open);
    show(open);
  });
  return el("div", {}, text, more);
}

function contextItem(item, scene, id) {
  if (item?.type === "mrkdwn" || item?.type === "plain_text") return wrap("span", "running", textObject(item, scene));
  return item?.type === "image"
    ? imageNode(item, "context-image")
    : renderElement(item, scene, { block: id, input: null });
}

function input(block, scene, id) {
  const ids = { id: freshId("input"), label: freshId("label"), hint: freshId("hint"), error: freshId("error") };
  const error = scene.errors[id];
  const described = [error ? ids.error : null, block.hint ? ids.hint : null].filter(Boolean).join(" ");
  const where = {
    id: ids.id,
    labelId: ids.label,
    describedBy: described || null,
    invalid: Boolean(error),
    required: block.optional !== true,
    dispatch: block.dispatch_action === true,
  };
  const words = [
    plainText(block.label),
    block.optional === true ? el("span", { class: "optional", text: " (optional)" }) : null,
  ];
  return el(
    "div",
    { class: error ? "block-input with-error" : "block-input" },
    el("label", { class: "input-label", id: ids.label, for: ids.id }, ...words),
    renderElement(block.element, scene, { block: id, input: where }),
    error ? el("p", { class: "input-error", id: ids.error }, icon("warning"), hidden("Error: "), error) : null,
    block.hint ? el("p", { class: "input-hint", id: ids.hint, text: plainText(block.hint) }) : null,
  );
}

function image(block) {
  const picture = imageNode(block, "block-image");
  if (!block.title) return picture;
  return el("figure", { class: "block-figure" }, el("figcaption", { text: plainText(block.title) }), picture);
}

function table(block, scene) {
  const node = el("table", { class: "table" });
  block.rows.forEach((cells, index) => {
    const row = el("tr");
    cells.forEach((cell, column) => {
      const settings = block.column_settings?.[column] ?? {};
      const align = ["center", "right"].includes(settings.align) ? settings.align : "left";
      const className = `align-${align}${settings.is_wrapped ? " wrapped" : ""}`;
      row.append(wrap(index === 0 ? "th" : "td", className, cellContent(cell, scene)));
    });
    node.append(row);
  });
  return el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, node);
}

function cellContent(cell, scene) {
  if (cell?.type === "raw_text") return [cell.text];
  if (cell?.type === "raw_number") return [String(cell.text ?? cell.value)];
  return cell?.type === "rich_text" ? richText(cell.elements, scene) : [unknown("cell", cell?.type)];
}

function container(block, scene, id) {
  const title = block.rich_text_title ? richText(block.rich_text_title.elements, scene) : words(block.title, scene);
  const head = [
    block.icon ? imageNode(block.icon, "container-icon") : null,
    el(
      "span",
      { class: "container-titles" },
      wrap("span", "container-title", title),
      block.subtitle ? wrap("span", "container-subtitle", words(block.subtitle, scene)) : null,
    ),
  ];
  const body = el("div", { class: "container-body" }, ...renderBlocks(block.child_blocks, scene, `${id}/`));
  const className = `block-container width-${block.width ?? "standard"}`;
  if (!block.is_collapsible) {
    const line = block.has_header_divider ? " with-divider" : "";
    return el("div", { class: className }, wrap("div", `container-head${line}`, head), body);
  }
  const summary = el("summary", { class: "container-head", "data-key": `${id}/fold` }, icon("down"));
  append(summary, head);
  const details = el("details", { class: className }, summary, body);
  details.open = scene.form.isOpen(id, block.default_collapsed !== true);
  details.addEventListener("toggle", () => scene.form.setOpen(id, details.open));
  return details;
}

function words(text, scene) {
  if (text === undefined || text === null) return [];
  return typeof text === "string" ? [text] : textObject(text, scene);
}

const ALERTS = {
  default: ["info", "Note"],
  info: ["info", "Information"],
  warning: ["warning", "Warning"],
  error: ["error", "Error"],
  success: ["success", "Done"],
};

function alert(block, scene) {
  const level = Object.hasOwn(ALERTS, block.level ?? "") ? block.level : "default";
  const [drawing, name] = ALERTS[level];
  return el(
    "div",
    { class: `block-alert alert-${level}`, role: "note" },
    icon(drawing),
    hidden(`${name}: `),
    wrap("div", "running", words(block.text, scene)),
  );
}
