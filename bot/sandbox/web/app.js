/** The page that plays the Slack client: it polls the state, draws it, and sends what the person does. */

import { act, getState, Unreachable } from "./api.js";
import { Composer } from "./composer.js";
import { refreshDates } from "./dates.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { MessageList } from "./messages.js";
import { Modal } from "./modal.js";
import { Notes } from "./notes.js";
import { Sidebar } from "./sidebar.js";
import { startTheme } from "./theme.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
const TOAST_MS = 8_000;

const find = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);

let state = null;
let active = null;

startTheme(find("theme"), asked.get("theme"));
const messages = new MessageList({
  scroller: find("scroller"),
  list: find("messages"),
  jump: find("jump"),
  act: perform,
  announce,
});
const composer = new Composer(find("composer"), { act: perform, sent: () => messages.stick() });
const modal = new Modal(perform, () => composer.focus());
const notes = new Notes(find("notes"), { changed: draw, announce });
const sidebar = new Sidebar(find("sidebar"), { open: openChannel, toggleNotes: () => notes.toggle() });

setInterval(refreshDates, 15_000);
poll();

/** Ask for the state again and again; a server that is away is asked less and less often, and from the beginning. */
async function poll() {
  let since = null;
  let wait = FIRST_WAIT_MS;
  for (;;) {
    const first = state === null;
    try {
      state = await getState(asked.get("user"), since);
      since = state.version;
      wait = FIRST_WAIT_MS;
      if (find("reconnecting").matches(":popover-open")) {
        find("reconnecting").hidePopover();
        find("toast").hidePopover();
      }
      draw();
      if (first && state.views.length === 0) composer.focus();
      notes.refresh();
    } catch (error) {
      if (!(error instanceof Unreachable)) console.error(error);
      since = null;
      find("reconnecting").textContent = `Reconnecting… ${error.message}`;
      // As popovers, this and the toast are seen above an open modal too.
      find("reconnecting").showPopover();
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }
}

/** Do something as the person. Returns whether the app took it; what went wrong is said by a notice or here. */
async function perform(what, body) {
  try {
    const answer = await act(what, { user: state.me.id, ...body });
    // Closing one view may have closed those below it too (Slack: clear_on_close).
    if (answer.refused && what !== "close") toast(`That was refused: ${answer.error}`);
    // A command that fails was still sent, and the state brings the notice that says so.
    return what === "submit" ? answer.ok : !answer.refused;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    toast(`${error.message} What you typed is still here; try again in a moment.`);
    return false;
  }
}

function draw() {
  if (state === null) return;
  const channel = state.channels.find((one) => one.id === active) ?? state.channels[0];
  active = channel.id;
  document.title = `${channel.name} – ${state.team.name} – stand-in for Slack`;
  find("where").textContent = `${state.team.name} · a stand-in for Slack that runs on this machine only`;
  sidebar.update(state, active, notes.summary);
  drawHead(channel);
  messages.update(state, channel);
  composer.update(state, channel);
  modal.update(state);
}

function drawHead(channel) {
  const sign =
    { private: icon("lock"), dm: el("span", { class: "dm-dot", "aria-hidden": "true" }) }[channel.kind] ?? icon("hash");
  const absent = channel.bot_is_member
    ? null
    : el("span", {
        class: "absent",
        text: "The app is not in here",
        title: "Commands and message shortcuts work all the same",
      });
  find("channel-head").replaceChildren(
    el("h1", { class: "channel-name" }, sign, channel.name),
    el("p", { class: "topic", text: channel.topic ?? "" }),
    ...(absent ? [absent] : []),
  );
}

function openChannel(id) {
  active = id;
  draw();
  composer.focus();
}

function announce(text) {
  find("announcer").textContent = text;
}

let toastTimer = 0;

function toast(text) {
  const node = find("toast");
  node.textContent = text;
  node.showPopover();
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => node.hidePopover(), TOAST_MS);
}
