// Small things every page does with its document. Data becomes text, never markup.

export function find(selector, root = document) {
  return root.querySelector(selector);
}

// Writes only what differs, so that live regions speak only when something has changed.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function element(tag, { text = "", className = "" } = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

// crypto.randomUUID exists only on https pages; this works on a school's plain network too.
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
