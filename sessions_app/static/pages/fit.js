// The projector's type steps down until the page fits the screen. Beyond the smallest legible step the page may scroll.

const STEPS = [1, 0.92, 0.85, 0.78, 0.72, 0.67, 0.62, 0.58, 0.54, 0.5];
const narrow = matchMedia("(max-width: 48rem)");
let shown = null;
let at = 0;
let fitted = "";
let isAsked = false;

// May be called with every tally: the page is measured once a frame, however many votes that frame has brought.
export function fitScreen(element = null) {
  shown = element;
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    fit();
  });
}

function fit() {
  const what = outline();
  // Numbers that grow may need a smaller step. Larger again only for another text: nothing pumps while votes come in.
  if (what !== fitted) at = 0;
  fitted = what;
  set(at);
  // On a phone everybody scrolls.
  if (narrow.matches) return;
  while (!fits() && at < STEPS.length - 1) {
    at += 1;
    set(at);
  }
}

// All that decides how much room is needed but for the digits of the numbers.
function outline() {
  return `${innerWidth}×${innerHeight} ${(shown?.textContent ?? "").replaceAll(/\p{N}+/gu, "0")}`;
}

function set(step) {
  const value = String(STEPS[step]);
  if (document.body.style.getPropertyValue("--fit") !== value) document.body.style.setProperty("--fit", value);
}

function fits() {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight <= clientHeight;
}
