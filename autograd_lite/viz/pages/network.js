// A network: sliders for its inputs, its layers one after the other, and the map of its answer.
const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH = 640;
const HEIGHT = 560;
const status = document.getElementById("status");
const answer = document.getElementById("answer");
const layers = DATA.layers;
let event = DATA.program.inputs.map(Number);
let held = [];
let answers = [];

function compute() {
  let rest = runProgram(DATA.program, event);
  held = layers.map((layer) => {
    const own = rest.slice(0, layer.size);
    rest = rest.slice(layer.size);
    return own;
  });
  answers = rest;
}

// The drawing of units and weights
function shape(name, attributes, parent) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.append(made);
  return made;
}

const MARGIN = 66;
const placeX = (i) => MARGIN + (i * (WIDTH - 2 * MARGIN)) / Math.max(layers.length - 1, 1);
const placeY = (layer, j) => 34 + ((j + 0.5) * (HEIGHT - 44)) / layer.size;
const radius = (layer) => Math.min(11, (0.42 * (HEIGHT - 44)) / layer.size);
const largest = (numbers) => Math.max(...numbers.map(Math.abs), 1e-300);

const drawing = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
  "aria-label": "The network's units and weights" }, document.getElementById("network"));
const groups = layers.map((layer, i) => drawEdges(layer, i));
const units = layers.map((layer, i) => drawUnits(layer, i));

function drawEdges(layer, i) {
  const group = shape("g", { class: "weights" }, drawing);
  if (i === 0) return group;
  const most = largest(layer.weight.flat());
  layer.weight.forEach((row, j) => row.forEach((weight, k) => {
    const size = Math.abs(weight) / most;
    shape("line", { x1: placeX(i - 1), y1: placeY(layers[i - 1], k), x2: placeX(i),
      y2: placeY(layer, j), class: weight > 0 ? "positive" : "negative",
      "stroke-width": (0.2 + 2.6 * size).toFixed(2),
      "stroke-opacity": (0.12 + 0.78 * size).toFixed(2) }, group);
  }));
  return group;
}

function drawUnits(layer, i) {
  const group = shape("g", { class: "units" }, drawing);
  const title = shape("text", { x: placeX(i), y: 16, "text-anchor": "middle" }, group);
  title.textContent = layer.name;
  return Array.from({ length: layer.size }, (_, j) => {
    const spot = { cx: placeX(i), cy: placeY(layer, j), r: radius(layer) };
    shape("circle", { ...spot, class: "ground" }, group);
    const ring = shape("circle", spot, group);
    const [name, number] = [-1, 1].map((side) => shape("text", { x: placeX(i), class: "label",
      y: placeY(layer, j) + (side < 0 ? -18 : 28), "text-anchor": "middle" }, group));
    name.textContent = layer.names ? layer.names[j] : "";
    const tip = shape("title", {}, ring);
    return { ring, number, tip };
  });
}

function drawLayer(layer, i, isReached, isNow) {
  const isLast = i === layers.length - 1;
  groups[i].classList.toggle("later", !isReached);
  groups[i].classList.toggle("now", isNow);
  const numbers = isLast && DATA.kind === "probability" ? answers : held[i];
  const most = largest(held[i]);
  units[i].forEach((unit, j) => {
    const { ring, tip } = unit;
    const number = numbers[j];
    ring.setAttribute("class", isReached ? unitClass(isLast, number) : "empty");
    const strength = isLast && DATA.kind === "probability" ? 1 : Math.abs(held[i][j]) / most;
    ring.setAttribute("fill-opacity", isReached ? (0.06 + 0.94 * strength).toFixed(3) : 0);
    tip.textContent = isReached ? `${layer.name}, unit ${j + 1}: ${showNumber(number)}` : layer.name;
    unit.number.textContent = layer.names && isReached ? showNumber(number) : "";
  });
}

function unitClass(isLast, number) {
  if (isLast && DATA.kind === "probability") return number > 0.5 ? "good" : "bad";
  return number < 0 ? "below" : "above";
}

// Steps
function stepText(step) {
  const layer = layers[step];
  if (step === 0) {
    const parts = layer.names.map((name, j) => `${name}: ${showNumber(held[0][j])}`);
    return ["The event as the network takes it, standardised", parts.join(", ")];
  }
  const isLast = step === layers.length - 1;
  const hidden = isLast && DATA.kind === "probability" && !layer.activations.length
    ? [layer.size > 1 ? "softmax" : "sigmoid"] : layer.activations;
  const act = hidden.length ? `, and ${hidden.join(", ")}` : "";
  const active = held[step].filter((number) => number !== 0).length;
  const shown = isLast
    ? layer.names.map((name, j) => `${name} = ${showNumber(answers[j])}`).join(", ")
    : `${active} of ${layer.size} units are not 0; the largest is ${showNumber(Math.max(...held[step]))}`;
  return [`${layer.name}: weighted sums and biases${act}`, shown];
}

function show(step) {
  layers.forEach((layer, i) => drawLayer(layer, i, i <= step, i === step));
  status.replaceChildren(...stepText(step).map((line) => element("span", { class: "line" }, line)));
}

function showAnswer() {
  const last = layers[layers.length - 1];
  const parts = last.names.map((name, j) => {
    const isGood = DATA.kind !== "probability" || answers[j] > 0.5;
    const color = DATA.kind !== "probability" ? "" : isGood ? "good" : "bad";
    return element("span", { class: color, "data-answer": answers[j] },
      `${name} = ${showNumber(answers[j])}`);
  });
  answer.replaceChildren(...parts.flatMap((part, i) => (i ? [", ", part] : [part])));
}

// Sliders
const sliders = DATA.features.map((feature, i) => {
  const step = (feature.high - feature.low) / 1000;
  const range = element("input", { type: "range", min: feature.low, max: feature.high, step,
    id: `feature${i}` });
  const number = element("output", { for: `feature${i}`, class: "numbers" });
  const name = element("label", { for: `feature${i}` }, feature.name);
  document.getElementById("sliders").append(element("div", { class: "slider" }, name, range, number));
  range.addEventListener("input", () => moveTo(i, Number(range.value)));
  return { range, number };
});

function moveTo(i, number) {
  event[i] = number;
  update();
}

function update() {
  compute();
  sliders.forEach(({ range, number }, i) => {
    range.value = event[i];
    number.textContent = `${showNumber(Number(event[i].toPrecision(4)))} ${DATA.features[i].unit}`;
    range.setAttribute("aria-valuetext", number.textContent);
  });
  showAnswer();
  drawMap();
  player.redraw();
}

// The map
const canvas = document.getElementById("map");
let background = null;
const INSET = { left: 62, right: 20, top: 10, bottom: 46 };

function colorOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function rgb(color) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  return pen.getImageData(0, 0, 1, 1).data;
}

const levels = DATA.map
  ? Uint8Array.from(atob(DATA.map.levels), (letter) => letter.charCodeAt(0)) : null;

function paintBackground() {
  const { size } = DATA.map;
  const [low, middle, high] = ["noise", "background", "signal"].map((name) => rgb(colorOf(name)));
  const image = new ImageData(size, size);
  levels.forEach((level, place) => {
    const row = size - 1 - Math.floor(place / size);
    const at = 4 * (row * size + (place % size));
    const share = Math.abs(level / 127.5 - 1) * 0.7;
    const end = level > 127.5 ? high : low;
    for (let k = 0; k < 3; k += 1) image.data[at + k] = middle[k] + share * (end[k] - middle[k]);
    image.data[at + 3] = 255;
  });
  background = document.createElement("canvas");
  background.width = background.height = size;
  background.getContext("2d").putImageData(image, 0, 0);
}

const inner = () => ({ width: canvas.width - INSET.left - INSET.right,
  height: canvas.height - INSET.top - INSET.bottom });
const share = (i, number) => (number - DATA.features[i].low)
  / (DATA.features[i].high - DATA.features[i].low);
const pixel = (x, y) => [INSET.left + share(0, x) * inner().width,
  INSET.top + (1 - share(1, y)) * inner().height];

function drawMap() {
  if (!canvas) return;
  if (!background) paintBackground();
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(background, INSET.left, INSET.top, inner().width, inner().height);
  pen.save();
  pen.beginPath();
  pen.rect(INSET.left, INSET.top, inner().width, inner().height);
  pen.clip();
  if (DATA.kind === "probability") drawBoundary(pen);
  DATA.events.forEach(([x, y, label]) => drawEvent(pen, ...pixel(x, y), label));
  drawPoint(pen, ...pixel(event[0], event[1]));
  pen.restore();
  drawAxes(pen);
}

// The line where the answer is 1/2: between each two neighbours on different sides of it.
function drawBoundary(pen) {
  const { size } = DATA.map;
  const cell = { x: inner().width / (size - 1), y: inner().height / (size - 1) };
  const at = (i, j) => levels[j * size + i] - 127.5;
  pen.strokeStyle = colorOf("ink");
  pen.lineWidth = 2;
  pen.beginPath();
  for (let j = 0; j < size - 1; j += 1) {
    for (let i = 0; i < size - 1; i += 1) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const cuts = [];
      corners.forEach(([a, b], k) => {
        const [c, d] = corners[(k + 1) % 4];
        const [here, there] = [at(a, b), at(c, d)];
        if (here > 0 === there > 0) return;
        const part = here / (here - there);
        cuts.push([a + part * (c - a), b + part * (d - b)]);
      });
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        const [[a, b], [c, d]] = [cuts[k], cuts[k + 1]];
        pen.moveTo(INSET.left + a * cell.x, INSET.top + inner().height - b * cell.y);
        pen.lineTo(INSET.left + c * cell.x, INSET.top + inner().height - d * cell.y);
      }
    }
  }
  pen.stroke();
}

function drawEvent(pen, x, y, label) {
  pen.strokeStyle = colorOf("ink");
  pen.globalAlpha = 0.55;
  pen.lineWidth = 1.1;
  pen.beginPath();
  if (label > 0.5) {
    pen.arc(x, y, 3.2, 0, 2 * Math.PI);
  } else {
    pen.moveTo(x - 2.6, y - 2.6);
    pen.lineTo(x + 2.6, y + 2.6);
    pen.moveTo(x - 2.6, y + 2.6);
    pen.lineTo(x + 2.6, y - 2.6);
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawPoint(pen, x, y) {
  for (const [color, width] of [["background", 7], ["ink", 3]]) {
    pen.strokeStyle = colorOf(color);
    pen.lineWidth = width;
    pen.beginPath();
    pen.arc(x, y, 9, 0, 2 * Math.PI);
    pen.stroke();
  }
}

function drawAxes(pen) {
  pen.fillStyle = pen.strokeStyle = colorOf("ink");
  pen.lineWidth = 1;
  pen.strokeRect(INSET.left, INSET.top, inner().width, inner().height);
  pen.font = "17px system-ui, sans-serif";
  const titles = DATA.features.map(({ name, unit }) => (unit ? `${name} (${unit})` : name));
  pen.textAlign = "center";
  for (const number of ticks(DATA.features[0])) {
    pen.fillText(showNumber(number), pixel(number, 0)[0], canvas.height - 26);
  }
  pen.fillText(titles[0], INSET.left + inner().width / 2, canvas.height - 6);
  pen.textAlign = "right";
  for (const number of ticks(DATA.features[1])) {
    pen.fillText(showNumber(number), INSET.left - 6, pixel(0, number)[1] + 6);
  }
  pen.save();
  pen.translate(16, INSET.top + inner().height / 2);
  pen.rotate(-Math.PI / 2);
  pen.textAlign = "center";
  pen.fillText(titles[1], 0, 0);
  pen.restore();
}

function ticks({ low, high }) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((size) => size >= rough);
  const found = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) {
    found.push(Number((n * step).toPrecision(10)));
  }
  return found;
}

function putEvent(x, y) {
  const clamped = [x, y].map((number, i) => Math.min(Math.max(number, DATA.features[i].low),
    DATA.features[i].high));
  event = [...clamped, ...event.slice(2)];
  update();
}

if (canvas) {
  canvas.addEventListener("click", (press) => {
    const frame = canvas.getBoundingClientRect();
    const x = ((press.clientX - frame.left) / frame.width) * canvas.width - INSET.left;
    const y = ((press.clientY - frame.top) / frame.height) * canvas.height - INSET.top;
    const [first, second] = DATA.features;
    putEvent(first.low + (x / inner().width) * (first.high - first.low),
      second.high - (y / inner().height) * (second.high - second.low));
  });
  canvas.addEventListener("keydown", (press) => {
    const moves = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (!(press.key in moves)) return;
    press.preventDefault();
    const [dx, dy] = moves[press.key];
    const [first, second] = DATA.features;
    putEvent(event[0] + (dx * (first.high - first.low)) / 50,
      event[1] + (dy * (second.high - second.low)) / 50);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    background = null;
    drawMap();
  });
}

compute();
const player = makePlayer(document.getElementById("player"), layers.length, show,
  { word: "Layer" });
player.go(layers.length - 1);
update();
