// Keeps the screen on while there is something to answer or to show, where the browser can; elsewhere nothing happens.

let isWanted = false;
let lock = null;
let isAsking = false;

export function keepAwake(wanted) {
  isWanted = wanted;
  settle();
}

async function settle() {
  if (!isWanted) {
    lock?.release();
    lock = null;
    return;
  }
  if (document.hidden || isAsking || (lock && !lock.released)) return;
  isAsking = true;
  try {
    lock = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    // A battery that is low, or a setting, forbids it.
    lock = null;
  }
  isAsking = false;
  if (!isWanted) settle();
}

// A browser lets go of the screen whenever the page is hidden.
document.addEventListener("visibilitychange", settle);
