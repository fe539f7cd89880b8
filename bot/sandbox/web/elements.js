/** Block elements: what can be pressed, chosen or filled in. Those that hold a value are in inputs.js. */

import { askConfirm } from "./confirm.js";
import { el, openAddress, safeAddress, unknown } from "./dom.js";
import { icon } from "./icons.js";
import { checkboxes, datePicker, numberInput, radioButtons, staticSelect, textInput } from "./inputs.js";
import { openMenu } from "./menu.js";
import { plainText } from "./mrkdwn.js";

const ELEMENTS = {
  button,
  overflow,
  image: (element) => imageNode(element, "element-image"),
  static_select: staticSelect,
  radio_buttons: radioButtons,
  checkboxes,
  plain_text_input: textInput,
  number_input: numberInput,
  datepicker: datePicker,
};

/**
 * Turn an element into a node.
 *
 * `where`: {block: its block's id, input: null}, where in an input block `input` is
 * {id, labelId, describedBy, invalid, required, dispatch}.
 * A value that the person changes goes to `scene.form`; outside input blocks it is sent at once by
 * `scene.act(block_id, action_id, option)`.
 */
export function renderElement(element, scene, where) {
  const make = Object.hasOwn(ELEMENTS, element?.type ?? "") ? ELEMENTS[element.type] : null;
  return make ? make(element, scene, where) : unknown("element", element?.type);
}

/** Turn an image block or element into a node. A file of Slack's own cannot be fetched here: its words stand alone. */
export function imageNode(image, className) {
  if (!image.image_url || safeAddress(image.image_url) === null)
    return el("span", { class: "image-words", text: image.alt_text });
  return el("img", {
    class: className,
    src: image.image_url,
    alt: image.alt_text,
    loading: "lazy",
    referrerpolicy: "no-referrer",
  });
}

function button(element, scene, where) {
  const address = element.url ? safeAddress(element.url) : null;
  const style = element.style === "primary" || element.style === "danger" ? element.style : "";
  const common = {
    class: `button ${style}`,
    "data-key": `${where.block}/${element.action_id}`,
    "aria-label": element.accessibility_label,
  };
  // A link that looks like a button: the browser opens it, and the press is still told to the app.
  const node = address
    ? el("a", { ...common, href: address, target: "_blank", rel: "noopener noreferrer" })
    : el("button", { ...common, type: "button" });
  node.append(plainText(element.text));
  node.addEventListener("click", (event) => {
    if (node.getAttribute("aria-busy") === "true") event.preventDefault();
    else if (!element.confirm) send(node, element, scene, where);
    else {
      event.preventDefault();
      askConfirm(element.confirm, scene).then((yes) => {
        if (!yes) return;
        if (address) openAddress(address);
        send(node, element, scene, where);
      });
    }
  });
  return node;
}

function overflow(element, scene, where) {
  const node = el(
    "button",
    {
      type: "button",
      class: "button overflow",
      "data-key": `${where.block}/${element.action_id}`,
      "aria-label": "More",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    },
    icon("dots"),
  );
  const choose = async (option) => {
    if (element.confirm && !(await askConfirm(element.confirm, scene))) return;
    if (option.url) openAddress(option.url);
    send(node, element, scene, where, option.value);
  };
  const items = element.options.map((option) => ({
    label: plainText(option.text),
    detail: option.description ? plainText(option.description) : null,
    choose: () => choose(option),
  }));
  node.addEventListener("click", () => openMenu(node, items, "More"));
  return node;
}

async function send(node, element, scene, where, option) {
  node.setAttribute("aria-busy", "true");
  await scene.act(where.block, element.action_id, option);
  node.removeAttribute("aria-busy");
}
