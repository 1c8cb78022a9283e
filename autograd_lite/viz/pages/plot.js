// Pictures with axes, as SVG: lines, points, and a field of colours.
const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Return round numbers between two others, about so many.
function ticksBetween(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) ticks.push(i * step);
  return ticks;
}

function powersBetween(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first) / 4));
  const ticks = [];
  for (let n = first; n <= last; n += every) ticks.push(10 ** n);
  return ticks.length > 1 ? ticks : [low, high];
}

const showTick = (x, isLog) =>
  isLog && (x < 1e-3 || x >= 1e4) ? x.toExponential(0).replace("-", "−").replace("+", "") : showNumber(x);

// Make axes with room for what is drawn between them; x and y are {label, range: [low, high], log}.
function makePlot(parent, { x, y, width = 480, height = 380, label }) {
  const left = 58, right = 14, top = 10, bottom = 46;
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  const scale = (axis, from, to) => {
    const [low, high] = axis.log ? axis.range.map(Math.log10) : axis.range;
    return (value) => {
      const place = axis.log ? Math.log10(value) : value;
      return from + ((place - low) / (high - low)) * (to - from);
    };
  };
  const toX = scale(x, left, width - right);
  const toY = scale(y, height - bottom, top);
  const content = shape("g");
  const frame = shape("g", { class: "axes" });
  svg.append(content, frame);
  frame.append(shape("rect", { x: left, y: top, width: width - left - right,
    height: height - top - bottom, class: "frame" }));
  const ticksOf = (axis, count) =>
    axis.log ? powersBetween(...axis.range) : ticksBetween(...axis.range, count);
  for (const tick of ticksOf(x, 6)) {
    const at = toX(tick);
    frame.append(shape("line", { x1: at, x2: at, y1: height - bottom, y2: height - bottom + 5 }));
    frame.append(shape("text", { x: at, y: height - bottom + 18, "text-anchor": "middle" },
      showTick(tick, x.log)));
  }
  for (const tick of ticksOf(y, Math.max(2, Math.round(height / 60)))) {
    const at = toY(tick);
    frame.append(shape("line", { x1: left - 5, x2: left, y1: at, y2: at }));
    frame.append(shape("text", { x: left - 8, y: at + 4, "text-anchor": "end" },
      showTick(tick, y.log)));
  }
  const middle = (height - bottom + top) / 2;
  frame.append(shape("text", { x: (left + width - right) / 2, y: height - 8,
    "text-anchor": "middle" }, x.label));
  frame.append(shape("text", { x: 0, y: 0, "text-anchor": "middle",
    transform: `translate(13 ${middle}) rotate(-90)` }, y.label));
  parent.append(svg);
  const box = { left, top, width: width - left - right, height: height - top - bottom };
  return { svg, content, toX, toY, box };
}

// Return where in a plot a mouse event was, as shares of its axes: (0, 0) is at the lower left.
function shareAt(plot, event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(
    plot.svg.getScreenCTM().inverse());
  const share = (place) => Math.min(Math.max(place, 0), 1);
  return [share((at.x - plot.box.left) / plot.box.width),
    share(1 - (at.y - plot.box.top) / plot.box.height)];
}

// Colours

function cssColor(name) {
  const probe = document.body.appendChild(element("span", { style: `color: var(--${name})` }));
  const numbers = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
  probe.remove();
  return numbers;
}

// Return a function from 0 … 1 to colours: from noise over the ground to signal.
function fieldColors() {
  const [noise, ground, signal] = ["noise", "background", "signal"].map(cssColor);
  return (share) => {
    const side = share < 0.5 ? noise : signal;
    const weight = 0.62 * Math.min(1, Math.abs(2 * share - 1));
    return ground.map((c, i) => c + weight * (side[i] - c));
  };
}

// Show a field over a whole plot: `shares[row * columns + column]` from 0 to 1, the lowest row first.
// A line goes where it crosses 1/2, if that means something.
function showField(image, plot, shares, columns, { hasBoundary = true } = {}) {
  const rows = shares.length / columns;
  const canvas = element("canvas", { width: columns, height: rows });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(columns, rows);
  const colorOf = fieldColors();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const color = colorOf(shares[row * columns + column]);
      pixels.data.set([...color, 255], 4 * ((rows - 1 - row) * columns + column));
    }
  }
  context.putImageData(pixels, 0, 0);
  const { left, top, width, height } = plot.box;
  for (const [key, value] of Object.entries({ x: left, y: top, width, height,
    preserveAspectRatio: "none", href: canvas.toDataURL() })) image.setAttribute(key, value);
  return hasBoundary ? boundaryPath(plot.box, shares, columns, rows) : "";
}

// Return the path along which a field is 1/2: through each square of four neighbours.
function boundaryPath({ left, top, width, height }, shares, columns, rows) {
  const lines = [];
  const at = (column, row) => shares[row * columns + column] - 0.5;
  const toX = (column) => (left + ((column + 0.5) / columns) * width).toFixed(1);
  const toY = (row) => (top + (1 - (row + 0.5) / rows) * height).toFixed(1);
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
      const crossings = [];
      corners.forEach(([c, r], i) => {
        const [d, s] = corners[(i + 1) % 4];
        const [here, there] = [at(c, r), at(d, s)];
        if (here < 0 === there < 0) return;
        const share = here / (here - there);
        crossings.push(`${toX(c + share * (d - c))} ${toY(r + share * (s - r))}`);
      });
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        lines.push(`M${crossings[i]}L${crossings[i + 1]}`);
      }
    }
  }
  return lines.join("");
}

// Show events as circles (label 1) and crosses (label 0).
function showEvents(plot, events, xOf, yOf) {
  for (const event of events) {
    const [x, y] = [plot.toX(xOf(event)), plot.toY(yOf(event))];
    const isSignal = event[event.length - 1] > 0.5;
    plot.content.append(isSignal ? shape("circle", { cx: x, cy: y, r: 2.6, class: "event signal" })
      : shape("path", { d: `M${x - 2.3} ${y - 2.3}l4.6 4.6m0 -4.6l-4.6 4.6`, class: "event noise" }));
  }
}
