(() => {
  "use strict";

  const LONG_NAME = 12; // characters; bars lie where a category's name is longer
  const FEW_NAMES = 12; // of standing bars, all of which have room
  const MANY_POINTS = 30; // of a line; without marks from there on
  const FEW_PLACES = 10; // of a logarithmic axis, all of which have room
  const TOOLTIP_WIDTH = 44; // characters
  const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]];
  const MARKS = ["circle", "rect", "triangle", "rectRot", "crossRot", "star"];
  const COLOURS = 8; // --series-1 and so on in the style

  const data = JSON.parse(document.getElementById("page-data").textContent);
  const drawn = [];

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (i) => style("--series-" + (1 + (i % COLOURS)));

  const number = (value) =>
    value === null || value === undefined
      ? ""
      : Math.abs(value) >= 1000 || Number.isInteger(value)
        ? value.toLocaleString("en-US", { maximumFractionDigits: 0 })
        : value.toLocaleString("en-US", { maximumSignificantDigits: 4 });

  const short = (value) =>
    Math.abs(value) >= 10000
      ? value.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 })
      : number(value);

  /** A text in lines that a tooltip has room for; what has no spaces is cut, but never within a character. */
  const wrapped = (text) => {
    const lines = [];
    let line = "";
    for (const word of text.split(/\s+/)) {
      let rest = [...word];
      if (line && line.length + 1 + rest.length > TOOLTIP_WIDTH) {
        lines.push(line);
        line = "";
      }
      while (rest.length > TOOLTIP_WIDTH) {
        lines.push(rest.slice(0, TOOLTIP_WIDTH).join(""));
        rest = rest.slice(TOOLTIP_WIDTH);
      }
      line = line ? line + " " + rest.join("") : rest.join("");
    }
    if (line) {
      lines.push(line);
    }
    return lines;
  };

  const scale = (axis, more) => ({
    type: axis.logarithmic ? "logarithmic" : "linear",
    title: { display: axis.label !== "", text: axis.label },
    ticks: { callback: named(axis), maxRotation: 0, autoSkipPadding: 12 },
    ...more,
  });

  /** On a logarithmic axis only 1, 2 and 5 times a power of ten have room. */
  const named = (axis) => (value) => {
    const digit = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
    return !axis.logarithmic || [1, 2, 5].some((one) => Math.abs(digit - one) < 1e-6) ? short(value) : null;
  };

  /** Where few places were measured, such as batches of 1, 8 and 64 rows, a logarithmic axis names just those. */
  const places = (chart) => {
    const all = [...new Set(chart.lines.flatMap((line) => line.x))].filter((x) => x > 0).sort((a, b) => a - b);
    return chart.x.logarithmic && all.length <= FEW_PLACES
      ? {
          afterBuildTicks: (axis) => {
            axis.ticks = all.map((value) => ({ value }));
          },
          ticks: { callback: short, maxRotation: 0, autoSkip: false },
        }
      : {};
  };

  const lines = (chart) => ({
    type: "line",
    data: {
      datasets: chart.lines.map((line, i) => ({
        label: line.name,
        data: line.x.map((x, k) => ({ x, y: line.y[k] })),
        borderWidth: 2,
        borderDash: DASHES[Math.floor(i / 2) % DASHES.length],
        pointStyle: MARKS[i % MARKS.length],
        pointRadius: line.x.length > MANY_POINTS ? 0 : 4,
        pointHoverRadius: 6,
      })),
    },
    options: {
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: { x: scale(chart.x, places(chart)), y: scale(chart.y, { beginAtZero: true }) },
      plugins: {
        legend: { display: chart.lines.length > 1, labels: { usePointStyle: true, boxHeight: 7 } },
        tooltip: {
          callbacks: {
            title: (items) => (items.length ? number(items[0].parsed.x) + " " + chart.x.label : ""),
            label: (item) => item.dataset.label + ": " + number(item.parsed.y),
          },
        },
      },
    },
  });

  const bars = (chart) => {
    const lying = chart.categories.some((name) => [...name].length > LONG_NAME);
    const names = {
      type: "category",
      stacked: chart.stacked,
      grid: { display: false },
      ticks: { maxRotation: lying ? 0 : 45, autoSkip: chart.categories.length > FEW_NAMES && !lying, autoSkipPadding: 8 },
    };
    const values = scale(chart.value, { stacked: chart.stacked, beginAtZero: true });
    if (chart.series.every((bars) => bars.values.every(Number.isInteger))) {
      values.ticks.precision = 0; // there is no half of a row
    }
    return {
      type: "bar",
      data: {
        labels: chart.categories.map((name) => (lying ? label(name) : name)),
        datasets: chart.series.map((bars) => ({ label: bars.name, data: bars.values, maxBarThickness: 56 })),
      },
      options: {
        indexAxis: lying ? "y" : "x",
        interaction: { mode: "index", intersect: false },
        scales: lying ? { x: values, y: names } : { x: names, y: values },
        plugins: {
          legend: { display: chart.series.length > 1, labels: { boxWidth: 14 } },
          tooltip: {
            callbacks: {
              title: (items) => (items.length ? wrapped(chart.categories[items[0].dataIndex]) : ""),
              label: (item) =>
                (chart.series.length > 1 ? item.dataset.label + ": " : "") + number(item.raw) + unit(chart.value),
            },
          },
        },
      },
    };
  };

  /** A lying bar's name in lines, so that it leaves room for the bar. */
  const label = (name) => {
    const short = [...name].slice(0, 60).join("");
    const lines = [];
    for (const word of short.split(" ")) {
      if (lines.length && lines[lines.length - 1].length + word.length < 20) {
        lines[lines.length - 1] += " " + word;
      } else {
        lines.push(word);
      }
    }
    return lines;
  };

  const unit = (axis) => (axis.label ? " " + axis.label : "");

  const points = (chart) => {
    const sizes = new Map();
    chart.points.forEach((point) => sizes.set(point.group, (sizes.get(point.group) ?? 0) + 1));
    const groups = [...sizes.keys()].sort((a, b) => sizes.get(b) - sizes.get(a)); // the largest has the first colour
    const plain = { type: "linear", ticks: { display: false }, grid: { drawTicks: false }, border: { display: false } };
    return {
      type: "scatter",
      data: {
        datasets: groups.map((group, i) => ({
          label: group,
          data: chart.points.filter((point) => point.group === group),
          pointStyle: MARKS[i % MARKS.length],
          pointRadius: 4,
          pointHoverRadius: 7,
          order: -i, // small groups on top
        })),
      },
      options: {
        interaction: { mode: "nearest", intersect: true },
        scales: { x: { ...plain, grace: "4%" }, y: { ...plain, grace: "4%" } },
        plugins: {
          legend: { display: groups.length > 1, labels: { usePointStyle: true, boxHeight: 7, sort: (a, b) => a.datasetIndex - b.datasetIndex } },
          tooltip: {
            displayColors: false,
            callbacks: {
              label: (item) => wrapped(item.raw.text),
              footer: (items) => (groups.length > 1 && items.length ? items[0].dataset.label : ""),
            },
            footerFont: { weight: "normal" },
          },
        },
      },
    };
  };

  const kinds = { lines, bars, points };

  const paint = (config) => {
    config.data.datasets.forEach((set, i) => {
      set.borderColor = colour(i);
      set.backgroundColor = config.type === "line" ? colour(i) : colour(i) + (config.type === "scatter" ? "b0" : "");
    });
    for (const axis of Object.values(config.options.scales)) {
      axis.grid = { ...axis.grid, color: style("--rule") };
      axis.border = { ...axis.border, color: style("--rule") };
      axis.ticks = { ...axis.ticks, color: style("--soft") };
      axis.title = { ...axis.title, color: style("--soft") };
    }
    const plugins = config.options.plugins;
    plugins.legend.labels.color = style("--ink");
    Object.assign(plugins.tooltip, {
      backgroundColor: style("--ink"),
      titleColor: style("--card"),
      bodyColor: style("--card"),
      footerColor: style("--card"),
      padding: 10,
      boxPadding: 4,
    });
  };

  const draw = (box) => {
    const chart = data[Number(box.dataset.chart)];
    const config = kinds[chart.kind](chart);
    Object.assign(config.options, { animation: false, responsive: true, maintainAspectRatio: false });
    if (config.options.indexAxis === "y") {
      const rows = chart.categories.length * (chart.stacked ? 1 : chart.series.length);
      box.style.height = Math.max(20, 6 + 2.2 * rows) + "rem";
    }
    paint(config);
    drawn.push(new Chart(box.querySelector("canvas"), config));
  };

  const repaint = () =>
    drawn.forEach((chart) => {
      paint(chart.config);
      chart.update(); // not in mode "none", which leaves the colours of bars and points as they were
    });

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  document.querySelectorAll("[data-chart]").forEach(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  // paper is light; what is drawn already is scaled to its width by the style
  const printing = (now) => () => {
    document.documentElement.classList.toggle("printing", now);
    repaint();
  };
  addEventListener("beforeprint", printing(true));
  addEventListener("afterprint", printing(false));
})();
