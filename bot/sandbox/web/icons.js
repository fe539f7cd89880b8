/** The few drawings of the page. Each is decoration: the words beside it, or the label of its button, say the same. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: ["M8 3 6.5 17M13.5 3 12 17M3.5 7.5h14M2.5 12.5h14"],
  lock: ["M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9"],
  eye: ["M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5z", "M10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z"],
  close: ["M5 5l10 10M15 5 5 15"],
  back: ["M12.5 4 6.5 10l6 6"],
  down: ["M5 8l5 5 5-5"],
  send: ["M3.5 16.5 17 10 3.5 3.5l0 5L11 10l-7.5 1.5z"],
  slash: ["M4 3.5h12v13H4z", "M12 6.5 8 13.5"],
  notes: ["M4 3h9l3 3v11H4z", "M7 8h6M7 11h6M7 14h4"],
  sun: [
    "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
    "M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
  ],
  moon: ["M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z"],
  info: ["M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z", "M10 9v5M10 6.2v.1"],
  warning: ["M10 3 18 16.5H2z", "M10 8v4M10 14.2v.1"],
  error: ["M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z", "M7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4"],
  success: ["M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z", "M6.5 10.2l2.5 2.5 4.5-5"],
  thread: ["M4 4v6a3 3 0 0 0 3 3h9M13 10l3 3-3 3"],
};

/** Make an icon by its name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const drawing of name === "dots" ? [] : PATHS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", drawing);
    svg.append(path);
  }
  if (name === "dots") svg.append(...[4.5, 10, 15.5].map(dot));
  return svg;
}

function dot(height) {
  const circle = document.createElementNS(SVG, "circle");
  for (const [name, value] of [
    ["cx", 10],
    ["cy", height],
    ["r", 1.5],
  ])
    circle.setAttribute(name, value);
  return circle;
}
