// The frame of the board's page: its parts as tabs on a phone, and its header.

// The header may need a second row: what sticks below it asks for its height.
export function measure(header) {
  const root = document.documentElement;
  new ResizeObserver(() => root.style.setProperty("--bar", `${header.offsetHeight}px`)).observe(header);
}

// On a phone the parts of the board are tabs; on a wide screen all are there at once, and this does nothing visible.

export class Tabs {
  constructor(board, nav) {
    this.board = board;
    this.buttons = [...nav.querySelectorAll("button")];
    nav.addEventListener("click", ({ target }) => {
      const name = target.closest("button")?.dataset.tab;
      if (name) this.open(name);
    });
  }

  open(name) {
    if (this.board.dataset.tab === name) return;
    this.board.dataset.tab = name;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.tab === name));
    scrollTo(0, 0);
  }
}
