// The forward pass of a network, for an event that sliders, fields or the map choose.
const LAST = DATA.layers.length;
const NAMES = ["input", ...DATA.layers.map((_, i) => (i + 1 === LAST ? "output" : `hidden ${i + 1}`))];
const features = [...DATA.event];
let columns = [];
let selected = null; // {column, unit}: whose weights alone are shown

// The computation

function linear(x, { weight, bias }) {
  const sums = [];
  for (let i = 0; i < weight.length; i++) {
    const row = weight[i];
    let sum = bias[i];
    for (let j = 0; j < x.length; j++) sum += row[j] * x[j];
    sums.push(sum);
  }
  return sums;
}

function apply(program, numbers) {
  if (program === null) return numbers;
  if (program.inputs.length > 1) return runProgram(program, numbers);
  return numbers.map((number) => runProgram(program, [number])[0]);
}

// Return what the units of each column hold, for an event in the units of the sliders.
function forward(event) {
  const found = [event.map((x, i) => (x - DATA.mean[i]) / DATA.scale[i])];
  for (const layer of DATA.layers) found.push(apply(layer.program, linear(found.at(-1), layer)));
  return found;
}

// Return what is shown of the outputs.
const answers = (event) => apply(DATA.output, forward(event).at(-1));

// The network

const COLUMN = 118, HEIGHT = 400, SIDE = 44, TOP = 16, FOOT = 64;
const WIDTH = 2 * SIDE + LAST * COLUMN;
const isProbability = DATA.kind === "probability";
const drawing = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + FOOT}`, role: "img" });
if (LAST > 5) drawing.style.minWidth = `${0.75 * WIDTH}px`;
const units = [];
const edges = [];

const sizeOf = (column) => (column ? DATA.layers[column - 1].bias.length : DATA.features.length);
const largest = (numbers) => Math.max(...numbers.map(Math.abs), 0) || 1;

function placesOf(column) {
  const drawn = DATA.drawn[column];
  const isFolded = drawn.length < sizeOf(column);
  const slots = drawn.length + isFolded;
  const gap = Math.min(78, (HEIGHT - 2 * TOP) / Math.max(slots - 1, 1));
  const y = (slot) => HEIGHT / 2 + gap * (slot - (slots - 1) / 2);
  const fold = isFolded ? drawn.findIndex((unit, i) => unit !== i) : drawn.length;
  const places = drawn.map((unit, i) => ({ unit, x: SIDE + column * COLUMN, y: y(i + (i >= fold)) }));
  return { places, radius: Math.min(13, 0.43 * gap), fold: isFolded ? y(fold) : null };
}

function drawEdges(column, from, to) {
  const { weight } = DATA.layers[column - 1];
  const widest = largest(weight.map(largest));
  const group = shape("g", { class: "edges" });
  const made = [];
  const thickest = 2.6 * Math.min(1, Math.max(0.5, 18 / Math.sqrt(from.length * to.length)));
  for (const end of to) {
    for (const start of from) {
      const number = weight[end.unit][start.unit];
      const size = Math.abs(number) / widest;
      const line = shape("line", { x1: start.x, y1: start.y, x2: end.x, y2: end.y,
        class: number < 0 ? "negative" : "positive", "stroke-width": (0.25 + thickest * size).toFixed(2) });
      made.push({ line, column, from: start.unit, to: end.unit, size, number });
    }
  }
  made.sort((one, other) => one.size - other.size);
  group.append(...made.map((edge) => edge.line));
  edges.push(...made);
  return group;
}

function drawNetwork() {
  const all = NAMES.map((_, column) => placesOf(column));
  for (let column = 1; column <= LAST; column++) {
    drawing.append(drawEdges(column, all[column - 1].places, all[column].places));
  }
  all.forEach(({ places, radius, fold }, column) => {
    const x = SIDE + column * COLUMN;
    for (const { unit, y } of places) {
      const circle = shape("circle", { cx: x, cy: y, r: radius, class: "unit" });
      circle.addEventListener("click", () => select({ column, unit }));
      const hasLabel = (column === 0 || column === LAST) && places.length <= 10;
      const label = shape("text", { x: column ? WIDTH - 4 : 4, y: y + radius + 16,
        "text-anchor": column ? "end" : "start", class: "halo" });
      drawing.append(circle, ...(hasLabel ? [label] : []));
      units.push({ circle, label, column, unit });
    }
    if (fold !== null) drawing.append(shape("text", { x, y: fold + 5, "text-anchor": "middle" }, "⋮"));
    const activation = column ? DATA.layers[column - 1].activation : "";
    const size = sizeOf(column);
    const lines = [NAMES[column], `${size} ${activation || (size > 1 ? "units" : "unit")}`];
    lines.forEach((text, i) => drawing.append(shape("text", { x, y: HEIGHT + 26 + 18 * i,
      "text-anchor": "middle", class: i ? "small faded" : "caption", "data-column": column }, text)));
  });
  document.getElementById("network").append(drawing);
}

const mixed = (color, share) =>
  `color-mix(in srgb, var(--${color}) ${(100 * share).toFixed(1)}%, var(--background))`;

function colorOf(column, unit, isReached) {
  if (!isReached) return "var(--background)";
  if (column === LAST && isProbability) return `var(--${shown()[unit] > 0.5 ? "good" : "bad"})`;
  const number = columns[column][unit];
  return mixed(number < 0 ? "noise" : "signal", Math.abs(number) / largest(columns[column]));
}

const shown = () => apply(DATA.output, columns[LAST]);

function paint(step) {
  for (const { line, column, from, to, size } of edges) {
    const isOn = !selected || (selected.column === column && selected.unit === to);
    const isSilent = columns[column - 1][from] === 0;
    const strength = column > step ? 0.2 : isSilent ? 0.1 : 1;
    line.style.strokeOpacity = isOn ? ((0.06 + 0.84 * size ** 1.5) * strength).toFixed(3) : 0.02;
  }
  for (const { circle, label, column, unit } of units) {
    circle.style.fill = colorOf(column, unit, column <= step);
    const isSelected = selected && selected.column === column && selected.unit === unit;
    circle.classList.toggle("now", Boolean(isSelected));
    if (column === 0) label.textContent = `${DATA.features[unit]}`;
    if (column === LAST) label.textContent = step === LAST ? outputLabel(unit) : "";
  }
  for (const text of drawing.querySelectorAll(".caption")) {
    text.classList.toggle("now", Number(text.dataset.column) === step);
  }
}


function outputText(unit) {
  const number = shown()[unit];
  return `${DATA.outputs[unit]} = ${isProbability ? number.toFixed(4) : showNumber(number)}`;
}

const outputLabel = (unit) =>
  DATA.outputs.length > 1 ? outputText(unit) : outputText(unit).slice(DATA.outputs[0].length + 3);

function showAnswer() {
  document.getElementById("answer").replaceChildren(...shown().flatMap((number, unit) => {
    const className = isProbability ? (number > 0.5 ? "good" : "bad") : "";
    const part = element("span", { class: className, "data-answer": number }, outputText(unit));
    return unit ? [", ", part] : [part];
  }));
}

// What is told

const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

function statusText(step) {
  const numbers = columns[step];
  const heading = `Layer ${step + 1} of ${LAST + 1}: ${NAMES[step]}`;
  if (step === 0) {
    const texts = DATA.features.map((name, i) => `${name} ${showNumber(features[i])} → ${showNumber(numbers[i])}`);
    return [heading, `What the network is given, scaled: ${texts.slice(0, 6).join(", ")}${texts.length > 6 ? ", …" : ""}`];
  }
  const { activation } = DATA.layers[step - 1];
  const a = (column) => (column ? `a${subscript(column)}` : "x");
  const sum = `W${subscript(step)} ${a(step - 1)} + b${subscript(step)}`;
  const formula = activation ? `${a(step)} = ${activation}(${sum})` : `${a(step)} = ${sum}`;
  if (step < LAST) {
    const count = numbers.filter((number) => number !== 0).length;
    return [`${heading}, ${formula}`,
      `${count} of ${numbers.length} units are not 0; the largest holds ${showNumber(Math.max(...numbers))}`];
  }
  return [`${heading}, ${formula}`, shown().slice(0, 10).map((_, unit) => answerText(unit)).join("; ")];
}

function answerText(unit) {
  const text = outputText(unit);
  if (!isProbability || shown().length > 1) return text;
  const from = DATA.output === null ? "" : ` = sigmoid(${showNumber(columns[LAST][unit])})`;
  return `${text}${from}, ${shown()[unit] > 0.5 ? "above" : "not above"} 1/2`;
}

const inBrackets = (x) => (x < 0 ? `(${showNumber(x)})` : showNumber(x));

function unitText({ column, unit }) {
  const title = `${NAMES[column]}, unit ${unit + 1} of ${sizeOf(column)}: ${showNumber(columns[column][unit])}`;
  if (column === 0) return [title, DATA.features[unit]];
  const { weight, bias, activation } = DATA.layers[column - 1];
  const before = columns[column - 1];
  const terms = weight[unit].map((w, i) => ({ w, x: before[i], size: Math.abs(w * before[i]) }))
    .filter((term) => term.size > 0).sort((one, other) => other.size - one.size);
  const texts = terms.slice(0, 4).map(({ w, x }) => `${inBrackets(w)} · ${inBrackets(x)}`);
  const rest = terms.length > 4 ? [`… ${terms.length - 4} more`] : [];
  const sum = [showNumber(bias[unit]), ...texts, ...rest].join(" + ");
  return [title, activation ? `= ${activation}(${sum})` : `= ${sum}`];
}

function putLines(id, lines) {
  document.getElementById(id).replaceChildren(
    ...lines.map((line) => element("span", { class: "line" }, line)));
}

function select(next) {
  const isSame = selected && next && selected.column === next.column && selected.unit === next.unit;
  selected = isSame ? null : next;
  if (map && selected?.column === LAST) map.showOutput(selected.unit);
  if (selected && player.step() < selected.column) player.go(selected.column);
  else player.redraw();
}

function show(step) {
  paint(step);
  putLines("status", statusText(step));
  putLines("unit", selected ? unitText(selected) : ["Click on a unit to see its own weights and sum."]);
  drawing.setAttribute("aria-label", `Network of ${NAMES.length} layers; ${statusText(step).join(". ")}`);
}

document.getElementById("network").addEventListener("keydown", (event) => {
  const move = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Escape") return select(null);
  if (!move) return;
  event.preventDefault();
  const column = player.step();
  const drawn = DATA.drawn[column];
  const place = selected && selected.column === column ? drawn.indexOf(selected.unit) + move : 0;
  select({ column, unit: drawn[Math.min(Math.max(place, 0), drawn.length - 1)] });
});

// The event

const controls = DATA.features.map((name, i) => {
  const [low, high] = DATA.ranges[i];
  const slider = element("input", { type: "range", min: low, max: high, step: (high - low) / 400,
    "aria-label": name });
  const field = element("input", { type: "number", step: "any", "aria-label": `${name}, exactly` });
  slider.addEventListener("input", () => setFeature(i, Number(slider.value)));
  field.addEventListener("input", () => {
    if (field.value !== "" && Number.isFinite(Number(field.value))) setFeature(i, Number(field.value), true);
  });
  document.getElementById("features").append(element("div", { class: "slider" },
    element("span", { "aria-hidden": "true" }, DATA.titles[i]), slider, field));
  return { slider, field };
});
document.getElementById("features").addEventListener("submit", (event) => event.preventDefault());

function setFeature(i, number, isTyped = false) {
  features[i] = number;
  controls[i].slider.value = number;
  if (!isTyped) controls[i].field.value = Number(number.toPrecision(6));
  const isOnMap = map && DATA.map.includes(i);
  update(map && !isOnMap);
}

function update(hasMapChanged) {
  columns = forward(features);
  showAnswer();
  player.redraw();
  if (map) map.mark();
  if (hasMapChanged) map.paintSoon();
}

// The map

function makeMap([first, second]) {
  const parent = document.getElementById("map");
  const plot = makePlot(parent, { label: "The answer over two features", height: 360,
    x: { label: DATA.titles[first], range: DATA.ranges[first] },
    y: { label: DATA.titles[second], range: DATA.ranges[second] } });
  const image = shape("image");
  const boundary = shape("path", { class: "boundary" });
  const point = shape("g", { class: "point" }, shape("circle", { r: 8 }), shape("circle", { r: 2 }));
  plot.content.append(image, boundary);
  showEvents(plot, DATA.events, (event) => event[first], (event) => event[second]);
  plot.content.append(point);
  const cost = DATA.layers.reduce((sum, { weight }) => sum + weight.length * (weight[0].length + 30), 0);
  // A map over two of more features is painted again whenever a slider moves.
  const budget = DATA.features.length > 2 ? 1e7 : 4e7;
  const size = Math.round(Math.min(120, Math.max(24, Math.sqrt(budget / cost))));
  let isPlanned = false;
  let output = 0;

  function paintMap() {
    const title = `Map of ${DATA.outputs[output]}`;
    document.getElementById("map-title").textContent = title;
    parent.setAttribute("aria-label", `${title}: the arrow keys move the event`);
    const event = [...features];
    const numbers = [];
    const at = ([low, high], i) => low + ((i + 0.5) / size) * (high - low);
    for (let row = 0; row < size; row++) {
      event[second] = at(DATA.ranges[second], row);
      for (let column = 0; column < size; column++) {
        event[first] = at(DATA.ranges[first], column);
        numbers.push(answers(event)[output]);
      }
    }
    const low = isProbability ? 0 : numbers.reduce((x, y) => Math.min(x, y));
    const high = isProbability ? 1 : numbers.reduce((x, y) => Math.max(x, y));
    const shares = numbers.map((number) => (high > low ? (number - low) / (high - low) : 0.5));
    const path = showField(image, plot, shares, size, { hasBoundary: isProbability });
    boundary.setAttribute("d", path);
    const key = isProbability ? "blue: above 1/2, orange: below, the line is at 1/2"
      : `orange: ${showNumber(low)} to blue: ${showNumber(high)}`;
    const events = DATA.events.length ? "; ○ signal, × noise" : "";
    const others = DATA.features.length > 2 ? "; other features as the sliders have them" : "";
    const outputs = DATA.outputs.length > 1 ? " Click on an output for its map." : "";
    document.getElementById("map-note").textContent = `${key}${events}${others}. Click to move the event.${outputs}`;
  }

  function paintSoon() {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => { isPlanned = false; paintMap(); });
  }

  function showOutput(unit) {
    if (unit !== output) paintSoon();
    output = unit;
  }

  function mark() {
    point.setAttribute("transform", `translate(${plot.toX(features[first])} ${plot.toY(features[second])})`);
  }

  function moveTo(shares) {
    [first, second].forEach((feature, i) => {
      const [low, high] = DATA.ranges[feature];
      setFeature(feature, low + Math.min(Math.max(shares[i], 0), 1) * (high - low));
    });
  }

  let isDragged = false;
  plot.svg.addEventListener("pointerdown", (event) => { isDragged = true; moveTo(shareAt(plot, event)); });
  plot.svg.addEventListener("pointermove", (event) => isDragged && moveTo(shareAt(plot, event)));
  document.addEventListener("pointerup", () => { isDragged = false; });
  parent.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const step = event.shiftKey ? 0.005 : 0.02;
    moveTo([first, second].map((feature, i) => {
      const [low, high] = DATA.ranges[feature];
      return (features[feature] - low) / (high - low) + step * move[i];
    }));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintMap);
  paintMap();
  return { mark, paintSoon, showOutput };
}

function legend() {
  const entry = (className, text) => element("span", { class: "entry" },
    element("span", { class: `swatch ${className}`, "aria-hidden": "true" }), text);
  const outputs = isProbability ? [entry("good", "output: above 1/2"), entry("bad", "output: not above")] : [];
  return [entry("positive line", "positive weight"), entry("negative line", "negative weight"),
    entry("signal", "unit: positive"), entry("noise", "unit: negative"), ...outputs];
}

document.getElementById("legend").append(...legend());
columns = forward(features);
drawNetwork();
const player = makePlayer(document.getElementById("player"), LAST + 1, show, { delay: 1200, word: "Layer" });
const map = DATA.map ? makeMap(DATA.map) : null;
document.getElementById("map-section").hidden = !map;
features.forEach((number, i) => setFeature(i, number));
player.go(LAST);
