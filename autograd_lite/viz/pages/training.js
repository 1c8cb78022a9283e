// The film of a training: one frame for each epoch that was recorded.
const DASHES = ["", "7 4", "8 3 2 3", "2 3", "10 3 2 3 2 3"];
const EPOCHS = DATA.epochs;
const isProbability = DATA.limits[0] === 0 && DATA.limits[1] === 1;

// Curves

const numbersOf = (lines) => lines.flatMap((line) => line.numbers).filter((x) => x !== null);

function rangeOf(lines, isLog) {
  const numbers = numbersOf(lines).filter((x) => !isLog || x > 0);
  if (!numbers.length) return isLog ? [0.1, 1] : [0, 1];
  const low = numbers.reduce((x, y) => Math.min(x, y));
  const high = numbers.reduce((x, y) => Math.max(x, y));
  if (isLog) return high > low ? [low / 1.2, high * 1.2] : [low / 2, high * 2];
  const margin = 0.05 * (high - low || Math.abs(high) || 1);
  return [low - margin, high + margin];
}

// Draw lines {label, numbers} over the epochs, and return what moves the mark to a frame.
function drawCurves(id, lines, { label, isLog = false, range = rangeOf(lines, isLog) }) {
  const parent = document.getElementById(id);
  const plot = makePlot(parent, { label, height: 190, y: { label, range, log: isLog },
    x: { label: "epoch", range: [EPOCHS[0], Math.max(EPOCHS.at(-1), EPOCHS[0] + 1)] } });
  const mark = shape("line", { y1: plot.box.top, y2: plot.box.top + plot.box.height, class: "mark" });
  plot.content.append(mark);
  const dots = lines.map(({ numbers }, i) => {
    const points = numbers.map((number, frame) => {
      const isShown = number !== null && (!isLog || number > 0);
      return isShown ? `${plot.toX(EPOCHS[frame]).toFixed(1)},${plot.toY(number).toFixed(1)}` : null;
    });
    const color = i % 5;
    plot.content.append(shape("polyline", { points: points.filter(Boolean).join(" "),
      class: `curve color${color}`, "stroke-dasharray": DASHES[color] }));
    const dot = shape("circle", { r: 4, class: `dot color${color}` });
    plot.content.append(dot);
    return { dot, points };
  });
  if (lines.length > 1) parent.append(keyOf(lines));
  return (frame) => {
    const x = plot.toX(EPOCHS[frame]);
    mark.setAttribute("x1", x);
    mark.setAttribute("x2", x);
    for (const { dot, points } of dots) {
      dot.style.display = points[frame] ? "" : "none";
      if (!points[frame]) continue;
      const [cx, cy] = points[frame].split(",");
      dot.setAttribute("cx", cx);
      dot.setAttribute("cy", cy);
    }
  };
}

function keyOf(lines) {
  const entries = lines.map(({ label }, i) => {
    const sample = shape("svg", { viewBox: "0 0 30 8", class: "sample", "aria-hidden": "true" },
      shape("line", { x1: 0, x2: 30, y1: 4, y2: 4, class: `curve color${i % 5}`,
        "stroke-dasharray": DASHES[i % 5] }));
    return element("span", { class: "entry" }, sample, label);
  });
  return element("p", { class: "legend" }, ...entries);
}

const lines = (labels, rows) => labels.map((label, i) => ({ label, numbers: rows.map((row) => row[i]) }));
const hidden = DATA.dead[0].map((_, i) => `hidden ${i + 1}`);

const marks = [
  drawCurves("loss", [{ label: "loss", numbers: DATA.loss }], { label: "loss" }),
  drawCurves("norms", lines(DATA.layers, DATA.norms), { label: "norm", isLog: true }),
];
document.getElementById("dead-section").hidden = !hidden.length;
if (hidden.length) {
  const percent = DATA.dead.map((row) => row.map((share) => 100 * share));
  marks.push(drawCurves("dead", lines(hidden, percent), { label: "% of units", range: [-3, 103] }));
}

// The map

function makeMap() {
  const parent = document.getElementById("map");
  const plot = makePlot(parent, { label: "What the model says over both features", height: 400,
    x: { label: DATA.titles[0], range: DATA.ranges[0] },
    y: { label: DATA.titles[1], range: DATA.ranges[1] } });
  const image = shape("image");
  const boundary = shape("path", { class: "boundary" });
  plot.content.append(image, boundary);
  const every = Math.ceil(DATA.events.length / 400);
  showEvents(plot, DATA.events.filter((_, i) => i % every === 0), ([x]) => x, ([, y]) => y);
  const [low, high] = DATA.limits.map(showNumber);
  document.getElementById("map-note").textContent = (isProbability
    ? "blue: above 1/2, orange: below, the line is at 1/2" : `orange: ${low} to blue: ${high}`)
    + "; ○ target above 1/2, × others";
  return (frame) => {
    const levels = Uint8Array.from(atob(DATA.maps[frame]), (letter) => letter.charCodeAt(0));
    const shares = Array.from(levels, (level) => level / 255);
    boundary.setAttribute("d", showField(image, plot, shares, DATA.grid, { hasBoundary: isProbability }));
  };
}

document.getElementById("map-section").hidden = !DATA.maps;
if (DATA.maps) marks.push(makeMap());

function statusText(frame) {
  const when = EPOCHS[frame] ? `After epoch ${EPOCHS[frame]}` : "Before the training";
  const number = (x) => (x === null ? "not finite" : showNumber(x));
  const norms = DATA.layers.map((layer, i) => `${layer}: ${number(DATA.norms[frame][i])}`).join(", ");
  const dead = hidden.map((name, i) => `${name}: ${(100 * DATA.dead[frame][i]).toFixed(0)} %`).join(", ");
  return [`${when}: loss ${number(DATA.loss[frame])}`, `Gradient norms. ${norms}`,
    ...(hidden.length ? [`Dead units. ${dead}`] : [])];
}

function show(frame) {
  for (const mark of marks) mark(frame);
  document.getElementById("status").replaceChildren(
    ...statusText(frame).map((line) => element("span", { class: "line" }, line)));
}

const player = makePlayer(document.getElementById("player"), EPOCHS.length, show,
  { delay: Math.max(60, Math.min(600, 15000 / EPOCHS.length)), word: "Frame" });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", player.redraw);
player.go(0);
