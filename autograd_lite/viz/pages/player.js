// Steps to go through: buttons, a scrubber, the arrow keys. `show(step)` draws a step.
const DATA = JSON.parse(document.getElementById("data").textContent);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function makePlayer(parent, steps, show, { delay = 900, word = "Step" } = {}) {
  const button = (text, label, act) => {
    const made = element("button", { type: "button", "aria-label": label }, text);
    made.addEventListener("click", act);
    return made;
  };
  const scrubber = element("input", { type: "range", min: 0, max: steps - 1, step: 1, value: 0,
    "aria-label": word });
  const count = element("span", { class: "numbers faded" });
  const previous = button("◀ Prev", "Previous step", () => go(step - 1));
  const next = button("Next ▶", "Next step", () => go(step + 1));
  const play = button("Play", "Play", () => (timer ? stop() : start()));
  let step = 0;
  let timer = null;

  function go(to) {
    step = Math.min(Math.max(to, 0), steps - 1);
    scrubber.value = step;
    scrubber.setAttribute("aria-valuetext", `${word} ${step + 1} of ${steps}`);
    count.textContent = `${step + 1} / ${steps}`;
    // Not `disabled`, which would take the keys away from whoever has just pressed the button.
    previous.setAttribute("aria-disabled", step === 0);
    next.setAttribute("aria-disabled", step === steps - 1);
    if (step === steps - 1) stop();
    show(step);
  }

  function start() {
    if (step === steps - 1) go(0);
    play.textContent = "Pause";
    play.setAttribute("aria-label", "Pause");
    timer = setInterval(() => go(step + 1), delay);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-label", "Play");
  }

  scrubber.addEventListener("input", () => go(Number(scrubber.value)));
  document.addEventListener("keydown", (event) => {
    const isField = event.target.matches("input, [data-own-keys]");
    if (isField || event.altKey || event.ctrlKey || event.metaKey) return;
    const moves = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: steps - 1 };
    if (event.key in moves) {
      event.preventDefault();
      go(moves[event.key]);
    }
  });
  parent.append(previous, play, next, scrubber, count);
  return { go, redraw: () => show(step), step: () => step };
}
