/** Elements that hold a value. What is typed or chosen lives in the scene's form, so that a redraw does not lose it. */

import { askConfirm } from "./confirm.js";
import { append, el, freshId } from "./dom.js";
import { wrap } from "./inline.js";
import { plainText, textObject } from "./mrkdwn.js";

// Slack: plain_text_input holds at most 3000 characters.
const LONGEST_TEXT = 3000;

/** A menu of options, in groups or not. */
export function staticSelect(element, scene, where) {
  const value = scene.form.take(where.block, element, element.initial_option?.value ?? null);
  const optional = where.input !== null && !where.input.required;
  const node = el("select", { ...attributes(element, where), class: "select" });
  const words = element.placeholder ? plainText(element.placeholder) : "Select an option";
  node.append(el("option", { value: "", disabled: !optional, text: words }));
  append(node, (element.options ?? []).map(optionNode));
  for (const group of element.option_groups ?? []) {
    node.append(el("optgroup", { label: plainText(group.label) }, ...group.options.map(optionNode)));
  }
  node.value = value ?? "";
  node.addEventListener("change", () => {
    changed(element, scene, where, node.value || null, (before) => {
      node.value = before ?? "";
    });
  });
  return node;
}

function optionNode(option) {
  const description = option.description ? ` (${plainText(option.description)})` : "";
  return el("option", { value: option.value, text: plainText(option.text) + description });
}

/** Options of which one is chosen. */
export function radioButtons(element, scene, where) {
  const value = scene.form.take(where.block, element, element.initial_option?.value ?? null);
  const name = freshId("radio");
  const node = group(element, where, "radiogroup");
  for (const [index, option] of element.options.entries()) {
    const input = el("input", { type: "radio", name, value: option.value, "data-key": key(element, where, index) });
    input.checked = option.value === value;
    input.addEventListener("change", () => {
      changed(element, scene, where, option.value, (before) => {
        for (const other of node.querySelectorAll("input")) other.checked = other.value === before;
      });
    });
    node.append(choice(input, option, scene));
  }
  return node;
}

/** Options of which any number is chosen. The value is a list. */
export function checkboxes(element, scene, where) {
  const initial = (element.initial_options ?? []).map((option) => option.value);
  const value = scene.form.take(where.block, element, initial);
  const node = group(element, where, "group");
  for (const [index, option] of element.options.entries()) {
    const input = el("input", { type: "checkbox", value: option.value, "data-key": key(element, where, index) });
    input.checked = value.includes(option.value);
    input.addEventListener("change", () => {
      const boxes = [...node.querySelectorAll("input")];
      changed(
        element,
        scene,
        where,
        boxes.filter((box) => box.checked).map((box) => box.value),
        (before) => {
          for (const box of boxes) box.checked = before.includes(box.value);
        },
      );
    });
    node.append(choice(input, option, scene));
  }
  return node;
}

function group(element, where, role) {
  const { input } = where;
  return el("div", {
    class: "choices",
    role,
    "aria-labelledby": input?.labelId,
    "aria-describedby": input?.describedBy,
    "aria-invalid": input?.invalid ? "true" : null,
    "aria-label": input === null ? element.action_id : null,
  });
}

function choice(input, option, scene) {
  const description = option.description ? wrap("span", "choice-detail", textObject(option.description, scene)) : null;
  return el(
    "label",
    { class: "choice" },
    input,
    wrap("span", "choice-words", [...textObject(option.text, scene), description]),
  );
}

/** One line or several of text, with a count of what is left when it is nearly used up. */
export function textInput(element, scene, where) {
  const value = scene.form.take(where.block, element, element.initial_value ?? null);
  const counterId = freshId("left");
  const given = attributes(element, where);
  const described = [given["aria-describedby"], counterId].filter(Boolean).join(" ");
  const props = { ...given, "aria-describedby": described, class: "text-input", placeholder: placeholder(element) };
  const input = element.multiline
    ? el("textarea", { ...props, rows: "5" })
    : el("input", { ...props, type: "text", autocomplete: "off" });
  input.value = value ?? "";
  const counter = el("span", { class: "counter", id: counterId });
  const most = element.max_length ?? LONGEST_TEXT;
  const count = () => showLeft(counter, most, [...input.value].length);
  count();
  input.addEventListener("input", () => {
    count();
    scene.form.set(where.block, element, input.value || null);
    if (where.input?.dispatch && element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered")) {
      scene.act(where.block, element.action_id, input.value);
    }
  });
  if (where.input?.dispatch) sendOnEnter(input, element, scene, where);
  return el("div", { class: "text-input-box" }, input, counter);
}

function showLeft(counter, most, used) {
  const left = most - used;
  counter.hidden = left > Math.max(20, most / 10);
  counter.classList.toggle("over", left < 0);
  // Empty while hidden: what describes an input is read out even then.
  const words = left < 0 ? `${left} (${-left} too many)` : `${left} left`;
  counter.textContent = counter.hidden ? "" : words;
}

/** A number, kept as text as Slack sends it. */
export function numberInput(element, scene, where) {
  const input = el("input", {
    ...attributes(element, where),
    class: "text-input",
    type: "number",
    step: element.is_decimal_allowed ? "any" : "1",
    min: element.min_value,
    max: element.max_value,
    placeholder: placeholder(element),
  });
  return valueInput(input, element, scene, where, element.initial_value ?? null);
}

/** A day as YYYY-MM-DD. */
export function datePicker(element, scene, where) {
  const input = el("input", {
    ...attributes(element, where),
    class: "text-input date-input",
    type: "date",
    title: placeholder(element),
  });
  const node = valueInput(input, element, scene, where, element.initial_date ?? null);
  if (where.input === null) {
    input.addEventListener("change", () => scene.act(where.block, element.action_id, input.value || null));
  }
  return node;
}

function valueInput(input, element, scene, where, initial) {
  input.value = scene.form.take(where.block, element, initial) ?? "";
  input.addEventListener("input", () => scene.form.set(where.block, element, input.value || null));
  if (where.input?.dispatch) sendOnEnter(input, element, scene, where);
  return input;
}

function sendOnEnter(input, element, scene, where) {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    scene.act(where.block, element.action_id, input.value || null);
  });
}

async function changed(element, scene, where, value, undo) {
  const before = scene.form.take(where.block, element, null);
  scene.form.set(where.block, element, value);
  if (where.input !== null && !where.input.dispatch) return;
  if (element.confirm && !(await askConfirm(element.confirm, scene))) {
    scene.form.set(where.block, element, before);
    undo(before);
    return;
  }
  // Of checkboxes the state says which are ticked.
  await scene.act(where.block, element.action_id, Array.isArray(value) ? undefined : value);
}

function attributes(element, where) {
  const { input } = where;
  return {
    "data-key": key(element, where),
    id: input?.id,
    "aria-describedby": input?.describedBy,
    "aria-invalid": input?.invalid ? "true" : null,
    "aria-required": input?.required ? "true" : null,
    "aria-label": input === null ? (placeholder(element) ?? element.action_id) : null,
    "data-focus-first": element.focus_on_load,
  };
}

function key(element, where, index = "") {
  return `${where.block}/${element.action_id}/${index}`;
}

function placeholder(element) {
  return element.placeholder ? plainText(element.placeholder) : null;
}
