// How each plot of a record is drawn: from the rows of its table to a configuration of Chart.js.

import { gettext, numbers } from "lectern/base/words.js";

const LONGEST_LABEL = 28;
const OPTIONS = 10;
const isRtl = document.dir === "rtl";
// Patterns tell people and answers apart without colour.
const DASHES = [6, 4];

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function font(weight = "normal") {
  return { family: token("font"), size: 15, weight };
}

function shorten(text) {
  const letters = [...text];
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL).join("")}…` : text;
}

// The number at the end of each bar, for whoever sits far away or prints in grey.
const counts = {
  id: "counts",
  afterDatasetsDraw(chart) {
    const context = chart.ctx;
    context.save();
    context.font = `600 15px ${token("font")}`;
    context.fillStyle = token("ink");
    context.textBaseline = "middle";
    context.textAlign = isRtl ? "right" : "left";
    chart.getDatasetMeta(0).data.forEach((bar, index) => {
      const count = chart.data.datasets[0].data[index];
      context.fillText(numbers.format(count), bar.x + (isRtl ? -8 : 8), bar.y);
    });
    context.restore();
  },
};

function scale({ title = "", position, grid = false, ...more }) {
  return {
    position,
    title: { display: Boolean(title), text: title, color: token("ink-soft"), font: font() },
    ticks: { color: token("ink"), font: font(), precision: 0, ...more.ticks },
    grid: { display: grid, color: token("line") },
    border: { color: token("control") },
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== "ticks")),
  };
}

function common(scales, { legend = false, layout = {} } = {}) {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    locale: document.documentElement.lang,
    layout: { padding: layout },
    scales,
    plugins: {
      legend: {
        display: legend,
        rtl: isRtl,
        labels: { color: token("ink"), font: font(), usePointStyle: true, boxHeight: 9 },
      },
      tooltip: { rtl: isRtl, titleFont: font("bold"), bodyFont: font() },
    },
  };
}

// Lying bars, one for each option, named by its letter and words.
function tally(rows) {
  const values = rows.map((row) => Number(row.value));
  const colours = rows.map((_row, index) => token(`option-${(index % OPTIONS) + 1}`));
  const scales = {
    x: scale({ beginAtZero: true, suggestedMax: 1, reverse: isRtl, display: false }),
    y: scale({ position: isRtl ? "right" : "left", ticks: { autoSkip: false, font: font("bold") } }),
  };
  const options = { ...common(scales, { layout: { left: isRtl ? 48 : 0, right: isRtl ? 0 : 48 } }), indexAxis: "y" };
  const dataset = { data: values, backgroundColor: colours, maxBarThickness: 34, borderRadius: 4, minBarLength: 2 };
  const labels = rows.map((row) => shorten(row.label));
  return {
    height: 1 + 3 * rows.length,
    config: { type: "bar", data: { labels, datasets: [dataset] }, options, plugins: [counts] },
  };
}

// People as a stepped line, answers as bars, each with its own axis.
function lesson(rows) {
  const people = {
    type: "line",
    label: gettext("People here"),
    data: rows.map((row) => Number(row.people)),
    stepped: "middle",
    borderColor: token("option-2"),
    backgroundColor: token("option-2"),
    borderDash: DASHES,
    borderWidth: 3,
    pointRadius: 0,
    pointStyle: "line",
    yAxisID: "people",
  };
  const answers = {
    type: "bar",
    label: gettext("Answers given"),
    data: rows.map((row) => Number(row.answers)),
    backgroundColor: token("option-1"),
    pointStyle: "rect",
    yAxisID: "answers",
  };
  const scales = {
    x: scale({ reverse: isRtl, ticks: { maxRotation: 0, autoSkipPadding: 8 } }),
    people: scale({ title: people.label, position: isRtl ? "right" : "left", beginAtZero: true, suggestedMax: 4, grid: true }),
    answers: scale({ title: answers.label, position: isRtl ? "left" : "right", beginAtZero: true, suggestedMax: 4 }),
  };
  const labels = rows.map((row) => row.label);
  return {
    height: 20,
    config: { type: "bar", data: { labels, datasets: [people, answers] }, options: common(scales, { legend: true }) },
  };
}

// A bar from opening to closing for every activity, over the minutes of the lesson.
function spans(rows) {
  const minutes = ({ from, to }) => [Number(from) / 60, Math.max(Number(to), Number(from) + 1) / 60];
  const scales = {
    x: scale({
      title: gettext("Minutes since the session was opened"),
      type: "linear",
      beginAtZero: true,
      reverse: isRtl,
      grid: true,
      ticks: { precision: undefined, maxTicksLimit: 8 },
    }),
    y: scale({ position: isRtl ? "right" : "left", ticks: { autoSkip: false, font: font("bold") } }),
  };
  const labels = [...new Set(rows.map((row) => row.label))];
  const data = rows.map((row) => ({ x: minutes(row), y: row.label }));
  const dataset = { data, backgroundColor: token("accent"), maxBarThickness: 22, minBarLength: 4, grouped: false };
  return {
    height: 5 + 2 * labels.length,
    config: { type: "bar", data: { labels, datasets: [dataset] }, options: { ...common(scales), indexAxis: "y" } },
  };
}

export const configs = { tally, lesson, spans };
