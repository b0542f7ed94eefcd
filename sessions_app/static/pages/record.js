// The page after class: plots drawn from the tables beside them, and printing.

import { configs } from "lectern/pages/record_plots.js";

const { Chart } = globalThis;
const charts = new Map();

function rowsOf(plot) {
  const rows = document.getElementById(plot.dataset.table)?.tBodies[0]?.rows ?? [];
  return [...rows].map((row) => ({ ...row.dataset }));
}

// What its label says is what a screen reader gets; the table beside it has every number.
function canvasIn(plot) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", plot.dataset.label);
  plot.replaceChildren(canvas);
  return canvas;
}

function draw(plot) {
  const rows = rowsOf(plot);
  if (!Chart || !rows.length) return;
  const { config, height } = configs[plot.dataset.plot](rows);
  plot.style.height = `${height}rem`;
  charts.get(plot)?.destroy();
  charts.set(plot, new Chart(canvasIn(plot), config));
}

function drawAll() {
  document.querySelectorAll("[data-plot]").forEach(draw);
}

drawAll();
// Colours and widths are read when a plot is drawn, and paper has its own.
for (const query of ["(prefers-color-scheme: dark)", "print"]) {
  matchMedia(query).addEventListener("change", drawAll);
}

// On paper nothing can be opened by a press.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details[data-print]:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());
