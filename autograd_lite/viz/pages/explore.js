// The graph of a computation, played forward and backward.
const boxes = new Map(DATA.boxes.map((box) => [box.id, box]));
const status = document.getElementById("status");
const details = document.getElementById("details");
const backwardSteps = [];
for (const edge of DATA.edges) {
  const last = backwardSteps[backwardSteps.length - 1];
  if (last && last.from === edge.from) last.edges.push(edge);
  else backwardSteps.push({ from: edge.from, edges: [edge] });
}
const FORWARD = DATA.steps.length;
const STEPS = 1 + FORWARD + (DATA.tracked ? 1 + backwardSteps.length : 0);

// Numbers: of the program where there is one, else the text that Python wrote.
function compute(inputs) {
  const results = runProgram(DATA.program, inputs);
  const count = DATA.boxes.length;
  const edges = DATA.edges.length;
  DATA.boxes.forEach((box, i) => {
    box.value = showNumber(results[i]);
    box.gradient = box.tracked ? showNumber(results[count + i]) : null;
  });
  DATA.edges.forEach((edge, i) => {
    edge.derivative = showNumber(results[2 * count + i]);
    edge.added = showNumber(results[2 * count + edges + i]);
  });
  return results;
}

const nameOf = (operand) => (operand.id ? boxes.get(operand.id).name : operand.name);
const numberOf = (operand) => (operand.id ? boxes.get(operand.id).value : operand.value);
const inBrackets = (text) => (text.startsWith("−") ? `(${text})` : text);

function written(step, texts) {
  if (step.symbol && texts.length === 2) {
    return `${texts[0]} ${step.symbol} ${inBrackets(texts[1])}`;
  }
  if (step.symbol && texts.length === 1) return `${step.symbol}${inBrackets(texts[0])}`;
  return `${step.title}(${texts.join(", ")})`;
}

function forwardText(step) {
  const name = boxes.get(step.id).name;
  const letters = written(step, step.operands.map(nameOf));
  const numbers = written(step, step.operands.map(numberOf));
  const middle = letters === numbers ? "" : ` = ${numbers}`;
  return [`${name} = ${letters}${middle} = ${boxes.get(step.id).value}`];
}

const slope = (id) => `∂${boxes.get(DATA.root).name}/∂${boxes.get(id).name}`;
const local = (edge) => `∂${boxes.get(edge.from).name}/∂${boxes.get(edge.to).name}`;

function product(edge) {
  const upstream = boxes.get(edge.from).gradient;
  if (edge.added === null) return "(no backward pass yet)";
  if (edge.derivative === null) return edge.added;
  return `${upstream} · ${inBrackets(edge.derivative)} = ${edge.added}`;
}

function backwardText(step) {
  return step.edges
    .filter((edge) => edge.to)
    .map((edge) => `${slope(edge.to)} gets ${slope(edge.from)} · ${local(edge)} = ${product(edge)}`);
}

function gradientText(id) {
  const box = boxes.get(id);
  if (!box.tracked) return [`${box.name} = ${box.value}: a constant, it has no gradient`];
  if (id === DATA.root) return [`${box.name} = ${box.value}`, `${slope(id)} = 1: where backward begins`];
  const edges = DATA.edges.filter((edge) => edge.to === id);
  const lines = [`${box.name} = ${box.value}`, `${slope(id)} = ${box.gradient}, the sum of`];
  return lines.concat(edges.map((edge) => `${slope(edge.from)} · ${local(edge)} = ${product(edge)}`));
}

function putLines(parent, lines) {
  parent.replaceChildren(...lines.map((line) => element("span", { class: "line" }, line)));
}

// The drawing
const group = (id) => document.getElementById(id);

function writeBox(box, isComputed, hasGradient) {
  const texts = [...group(box.id).querySelectorAll("text")];
  const value = texts[texts.length - (box.tracked || texts.length > 2 ? 2 : 1)];
  const gradient = box.tracked ? texts[texts.length - 1] : null;
  if (value) value.textContent = isComputed ? box.value : "?";
  if (gradient) {
    gradient.textContent = hasGradient && box.gradient !== null ? `∂ ${box.gradient}` : "";
    gradient.classList.add("gradient-text");
  }
}

function mark(ids) {
  for (const marked of document.querySelectorAll("#figure .now")) marked.classList.remove("now");
  for (const id of ids) group(id)?.classList.add("now");
  const first = group(ids[0]);
  if (first) bringIntoView(first);
}

function bringIntoView(node) {
  const frame = document.getElementById("figure");
  const inner = node.getBoundingClientRect();
  const outer = frame.getBoundingClientRect();
  if (inner.left < outer.left || inner.right > outer.right) {
    frame.scrollLeft += inner.left - outer.left - outer.width / 2 + inner.width / 2;
  }
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    frame.scrollTop += inner.top - outer.top - outer.height / 2 + inner.height / 2;
  }
}

const stepOf = new Map(DATA.steps.map((step, i) => [step.id, i]));
const operationOf = new Map(DATA.steps.map((step) => [step.id, step.operation]));

function show(step) {
  const isBackward = step > FORWARD;
  const back = step - FORWARD - 2;
  const reached = new Set(isBackward ? [DATA.root] : []);
  backwardSteps.slice(0, Math.max(back + 1, 0)).forEach((s) => s.edges.forEach((e) => reached.add(e.to)));
  for (const box of DATA.boxes) {
    const isComputed = isBackward || !stepOf.has(box.id) || stepOf.get(box.id) < step;
    writeBox(box, isComputed, reached.has(box.id));
    group(box.id).classList.toggle("later", !isComputed);
  }
  if (step === 0) {
    putLines(status, ["The leaves have their numbers; nothing is computed yet."]);
    mark([]);
  } else if (!isBackward) {
    const now = DATA.steps[step - 1];
    putLines(status, [`Forward ${step} of ${FORWARD}`, ...forwardText(now)]);
    mark([now.id, now.operation, ...now.operands.map((o) => o.id).filter(Boolean)]);
  } else if (back < 0) {
    putLines(status, ["Backward", `${slope(DATA.root)} = 1`]);
    mark([DATA.root]);
  } else {
    const now = backwardSteps[back];
    putLines(status, [`Backward ${back + 1} of ${backwardSteps.length}`, ...backwardText(now)]);
    const ends = now.edges.map((edge) => edge.to).filter(Boolean);
    mark([...ends, operationOf.get(now.from), now.from].filter(Boolean));
  }
}

for (const box of DATA.boxes) {
  const node = group(box.id);
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", box.name);
  for (const event of ["mouseenter", "focus"]) {
    node.addEventListener(event, () => putLines(details, gradientText(box.id)));
  }
}

const player = makePlayer(document.getElementById("player"), STEPS, show);

if (DATA.program) {
  const fields = document.getElementById("fields");
  document.getElementById("leaves").hidden = false;
  document.getElementById("leaves").open = DATA.leaves.length <= 16;
  const inputs = DATA.leaves.map((id, i) => {
    const field = element("input", { type: "number", step: "any",
      value: DATA.program.inputs[i] });
    fields.append(element("label", {}, boxes.get(id).name, field));
    field.addEventListener("input", update);
    return field;
  });
  fields.addEventListener("submit", (event) => event.preventDefault());
  function update() {
    compute(inputs.map((field) => (field.value === "" ? NaN : Number(field.value))));
    player.redraw();
  }
  compute(DATA.program.inputs);
}
player.go(0);
