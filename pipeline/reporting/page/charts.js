// Everything that ECharts draws. Charts are drawn again when the theme or the width changes, and in
// light colours and on the width of a sheet for printing. Nothing moves.
const drawn = new Map();
const SHEET = 680;
let isPrinting = false;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return { text: of("text"), muted: of("muted"), line: of("line"), back: of("back"), panel: of("panel"), accent: of("accent"), label: (i) => of(`l${i % 6}`) };
}

/** Makes the place of a chart; `options(colours)` says what is drawn as soon as the place is shown. */
function chart(description, options, kind = "", press = null, then = null) {
  const place = h("div", { class: `chart ${kind}`, role: "img", "aria-label": description });
  drawn.set(place, { options, press, then, made: null });
  resized.observe(place);
  return place;
}

/** A chart with its caption, and its figures as a table for those who read tables. */
function figure(caption, place, figures = null) {
  return h("figure", {}, place, h("figcaption", {}, caption),
    figures && h("details", {}, h("summary", {}, "As a table"), figures));
}

const resized = new ResizeObserver((changes) => changes.forEach(({ target, contentRect }) => {
  if (contentRect.width && contentRect.height) draw(target);
}));

function draw(place) {
  const each = drawn.get(place);
  if (!each) return;
  if (!each.made) {
    each.made = echarts.init(place, null, { renderer: "svg" });
    if (each.press) each.made.on("click", each.press);
  }
  each.made.resize({ width: isPrinting ? Math.min(SHEET, place.clientWidth) : "auto" });
  const told = colours();
  each.made.setOption({
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif", color: told.text },
    ...each.options(told),
  }, true);
  if (each.then) each.then(each.made, told);
  each.made.getZr().flush();
}

/** Frees the charts in an element that goes. */
function closeCharts(element) {
  for (const place of element.querySelectorAll(".chart")) {
    const each = drawn.get(place);
    if (each && each.made) each.made.dispose();
    resized.unobserve(place);
    drawn.delete(place);
  }
}

const redraw = () => [...drawn].forEach(([place, each]) => each.made && draw(place));

// Text in a tooltip is drawn, not parsed as HTML.
const tooltip = (told, more) => ({ renderMode: "richText", confine: true, backgroundColor: told.back, borderColor: told.line, textStyle: { color: told.text, fontSize: 13 }, ...more });
const axis = (told, more) => ({ axisLine: { lineStyle: { color: told.line } }, axisTick: { show: false }, axisLabel: { color: told.muted, hideOverlap: true, ...(more.label || {}) }, splitLine: { lineStyle: { color: told.line, opacity: 0.6 } }, nameTextStyle: { color: told.muted }, ...more });
const GRID = { left: 8, right: 16, top: 30, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" };

/** How many documents of each period name something. */
function curve(name, label, counts) {
  const described = `Documents that name ${short(name, 60)} in each ${data.dates.unit}, from ${data.dates.periods[0]} to ${data.dates.periods.at(-1)}`;
  return chart(described, (told) => ({
    grid: GRID,
    tooltip: tooltip(told, { trigger: "axis", formatter: ([{ dataIndex: i }]) => `${data.dates.periods[i]}: ${number(counts[i])} of ${amount(data.dates.documents[i], "document", "documents")}` }),
    xAxis: axis(told, { type: "category", data: data.dates.periods }),
    yAxis: axis(told, { type: "value", minInterval: 1, name: "documents" }),
    series: [{ type: "bar", data: counts, itemStyle: { color: told.label(label) }, barCategoryGap: "15%" }],
  }), "low");
}

/** The same, as small as a line of text. */
function spark(name, label, counts) {
  const most = Math.max(...counts);
  const peak = data.dates.periods[counts.indexOf(most)];
  return chart(`${short(name, 60)}: most in ${peak}, ${amount(most, "document", "documents")}`, (told) => ({
    grid: { left: 1, right: 1, top: 2, bottom: 1 },
    xAxis: { type: "category", show: false, data: data.dates.periods, boundaryGap: counts.length < 3 },
    yAxis: { type: "value", show: false, min: 0 },
    series: [{ type: counts.length < 3 ? "bar" : "line", data: counts, symbol: "none", lineStyle: { width: 1.5, color: told.label(label) }, itemStyle: { color: told.label(label) }, areaStyle: { opacity: 0.15, color: told.label(label) } }],
  }), "spark");
}
