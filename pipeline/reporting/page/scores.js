// How many mentions have which score, and what a threshold costs.
function showScores() {
  const { scores, labels } = data;
  const total = data.totals.entities;
  if (!total) { fill("scored", empty("No name was found, so there are no scores.")); return; }
  const edges = scores.bins.map((_, i) => i / scores.bins.length);
  const kept = edges.map((_, i) => sum(scores.bins.slice(i)));
  const keptNames = edges.map((_, i) => scores.names.slice(i).reduce((a, b) => a + b, 0));
  const drawing = chart("Mentions by score, one bar for each fiftieth", (told) => ({
    grid: GRID,
    tooltip: tooltip(told, { trigger: "axis", axisPointer: { type: "shadow" }, formatter: (rows) => [`score ${range(rows[0].dataIndex)}`, ...rows.map((row) => `${labels[row.seriesIndex].label} ${number(row.value)}`)].join("\n") }),
    xAxis: axis(told, { type: "category", data: edges.map((edge) => edge.toFixed(2)), name: "", label: { interval: 4 } }),
    yAxis: axis(told, { type: "value", minInterval: 1, name: "mentions" }),
    series: labels.map((label, i) => ({ name: label.label, type: "bar", stack: "all", data: scores.bins.map((bin) => bin[i]), itemStyle: { color: told.label(i), borderColor: told.back, borderWidth: 0.5 }, barCategoryGap: "5%" })),
  }), "", ({ dataIndex }) => showBin(dataIndex));
  const range = (i) => `${edges[i].toFixed(2)} to ${(edges[i] + 1 / edges.length).toFixed(2)}`;
  const showBin = (i) => showDetail(`Scores from ${range(i)}`, h("p", {}, `${amount(sum([scores.bins[i]]), "mention", "mentions")}. Some of them:`), sentences(scores.examples[i] || [], (name, label) => (scores.examples[i] || []).some((each) => each.name === name && each.label === label)));
  const said = h("output", { for: "threshold" });
  const slider = h("input", { id: "threshold", type: "range", min: "0", max: String(edges.length - 1), value: "0", input: () => tell() });
  const tell = () => {
    const i = Number(slider.value);
    slider.setAttribute("aria-valuetext", `from ${edges[i].toFixed(2)} on`);
    said.textContent = `From ${edges[i].toFixed(2)} on: ${number(kept[i])} of ${amount(total, "mention", "mentions")} (${percent(kept[i] / total)}), ${number(keptNames[i])} of ${amount(keptNames[0], "name", "names")} (${percent(keptNames[i] / keptNames[0])}).`;
  };
  tell();
  const isShown = (i) => i % 5 === 0 ? edges[i] >= 0.3 || i === 0 : edges[i] >= 0.9;
  const rows = edges.map((edge, i) => [edge.toFixed(2), kept[i], percent(kept[i] / total), keptNames[i], percent(keptNames[i] / keptNames[0]), plain(number(sum([scores.bins[i]])), () => showBin(i), "some of their sentences")]);
  const columns = [["from score", true], ["mentions", true], ["", true], ["names", true], ["", true], ["in this bar", true]];
  fill("scored", h("p", { class: "muted" }, "The score of a mention is the lowest probability of its label among its words. A threshold leaves mistakes out, and right names with them; a name stays as long as one of its mentions does. A bar opens examples, by which to choose."),
    h("ul", { class: "chips" }, labels.map((label, i) => h("li", {}, badge(i), ` ${label.name}`))),
    figure("Mentions by score.", drawing),
    h("div", { class: "slide" }, h("label", { for: "threshold" }, "Keep mentions from a score on"), slider, said),
    table("What a threshold costs", columns, rows.filter((_, i) => isShown(i))));
}

const sum = (bins) => bins.flat().reduce((a, b) => a + b, 0);
