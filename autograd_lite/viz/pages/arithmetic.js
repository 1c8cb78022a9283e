// numpy's functions of single numbers, under the names of the operations. There is no derivative
// here: programs bring theirs along, in terms of these functions.
const FUNCTIONS = {
  absolute: (x) => Math.abs(x),
  add: (x, y) => x + y,
  arccos: (x) => Math.acos(x),
  arccosh: (x) => Math.acosh(x),
  arcsin: (x) => Math.asin(x),
  arcsinh: (x) => Math.asinh(x),
  arctan: (x) => Math.atan(x),
  arctan2: (x, y) => Math.atan2(x, y),
  arctanh: (x) => Math.atanh(x),
  astype: (x) => Number(x),
  broadcast_to: (x) => x,
  ceil: (x) => Math.ceil(x),
  copy: (x) => x,
  copysign: (x, y) => (Math.abs(x) * (y < 0 || Object.is(y, -0) ? -1 : 1)),
  cos: (x) => Math.cos(x),
  cosh: (x) => Math.cosh(x),
  deg2rad: (x) => (x * Math.PI) / 180,
  divide: (x, y) => x / y,
  equal: (x, y) => x === y,
  exp: (x) => Math.exp(x),
  exp2: (x) => Math.pow(2, x),
  expm1: (x) => Math.expm1(x),
  fabs: (x) => Math.abs(x),
  floor: (x) => Math.floor(x),
  greater: (x, y) => x > y,
  greater_equal: (x, y) => x >= y,
  hypot: (x, y) => Math.hypot(x, y),
  identity: (x) => x,
  isfinite: (x) => Number.isFinite(x),
  isinf: (x) => Math.abs(x) === Infinity,
  isnan: (x) => Number.isNaN(x),
  less: (x, y) => x < y,
  less_equal: (x, y) => x <= y,
  log: (x) => Math.log(x),
  log10: (x) => Math.log10(x),
  log1p: (x) => Math.log1p(x),
  log2: (x) => Math.log2(x),
  logical_and: (x, y) => Boolean(x) && Boolean(y),
  logical_not: (x) => !x,
  logical_or: (x, y) => Boolean(x) || Boolean(y),
  maximum: (x, y) => Math.max(x, y),
  minimum: (x, y) => Math.min(x, y),
  multiply: (x, y) => x * y,
  negative: (x) => -x,
  not_equal: (x, y) => x !== y,
  positive: (x) => x,
  power: (x, y) => power(x, y),
  rad2deg: (x) => (x * 180) / Math.PI,
  reciprocal: (x) => 1 / x,
  reshape: (x) => x,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : NaN),
  signbit: (x) => x < 0 || Object.is(x, -0),
  sin: (x) => Math.sin(x),
  sinh: (x) => Math.sinh(x),
  sqrt: (x) => Math.sqrt(x),
  square: (x) => x * x,
  squeeze: (x) => x,
  subtract: (x, y) => x - y,
  sum: (x) => x,
  tan: (x) => Math.tan(x),
  tanh: (x) => Math.tanh(x),
  trunc: (x) => Math.trunc(x),
  where: (mask, x, y) => (mask ? x : y),
  zero_where: (mask, x) => (mask ? 0 : x),
};

// C's pow, as numpy has it: 1 to any power is 1, and so is -1 to an infinite one.
function power(x, y) {
  const isOne = x === 1 || (x === -1 && Math.abs(y) === Infinity);
  return isOne ? 1 : Math.pow(x, y);
}

// Return the results of a program for inputs, as numbers. A map runs it a million times: what does
// not change is prepared once, and the list of numbers is used again.
function runProgram(program, inputs) {
  program.steps ??= program.operations.map(([name, ...places]) => [FUNCTIONS[name], ...places]);
  program.numbers ??= [...program.inputs, ...program.constants].map(Number);
  const { numbers, steps, outputs } = program;
  for (let i = 0; i < inputs.length; i++) numbers[i] = Number(inputs[i]);
  let place = inputs.length + program.constants.length;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    numbers[place++] = step[0](numbers[step[1]], numbers[step[2]], numbers[step[3]]);
  }
  return outputs.map((output) => Number(numbers[output]));
}

// Return a number to four significant digits, as the drawings of Python do.
function showNumber(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  if (x === 0) return "0";
  const size = Math.abs(x);
  let text = String(x);
  if (!Number.isInteger(x) || size >= 1e6) {
    const isWide = size < 1e-3 || size >= 1e6;
    text = isWide ? x.toExponential(3) : x.toPrecision(4);
    if (text.includes(".") && !text.includes("e")) text = text.replace(/\.?0+$/, "");
    text = text.replace(/\.?0*e([+-])(\d+)$/, "e$1$2").replace("e+", "e");
  }
  return text.replace(/^-/, "−").replace("e-", "e−");
}
