// What was read, and what was not.
function showRead() {
  const { totals } = data;
  at("title").textContent = data.title;
  at("made").textContent = `${amount(totals.documents, "document", "documents")} of ${amount(totals.inputs, "input", "inputs")}${data.dates.from ? `, dated ${data.dates.from} to ${data.dates.to}` : ""}. Report of ${data.made}.`;
  const tiles = [["Inputs", totals.inputs], ["Documents", totals.documents], ["Sentences", totals.sentences], ["Words", totals.words], ["Mentions", totals.entities], ["Names", totals.names], ["Rejects", totals.rejects], ["Not tagged", totals.untagged]];
  fill("totals", tiles.map(([title, count]) => h("div", {}, h("dt", {}, title), h("dd", {}, number(count)))));
  fill("dates", dates());
  fill("rejects", rejects());
  fill("skipped", skipped());
  fill("languages", languages());
  fill("inputs", inputs());
  fill("sources", sources());
}

function dates() {
  const told = data.dates;
  const notes = [];
  if (told.undated) notes.push(`${amount(told.undated, "document has", "documents have")} no date${told.unread ? `; ${number(told.unread)} of these had one that could not be read` : ""}.`);
  if (told.outside) notes.push(`${amount(told.outside, "document is", "documents are")} dated far from the others, and ${told.outside === 1 ? "is" : "are"} left out of the curves.`);
  if (told.periods.length === 1) return h("p", {}, `All dated documents are of one ${told.unit}: ${told.periods[0]}. ${notes.join(" ")}`);
  if (!told.periods.length) return h("p", { class: "note" }, "No document has a date, so there are no curves over time. --date_field names the field of the inputs that holds it.");
  const drawing = chart(`Documents in each ${told.unit}`, (shades) => ({
    grid: GRID,
    tooltip: tooltip(shades, { trigger: "axis", formatter: ([{ dataIndex: i }]) => `${told.periods[i]}: ${amount(told.documents[i], "document", "documents")}` }),
    xAxis: axis(shades, { type: "category", data: told.periods }),
    yAxis: axis(shades, { type: "value", minInterval: 1, name: "documents" }),
    series: [{ type: "bar", data: told.documents, itemStyle: { color: shades.accent }, barCategoryGap: "15%" }],
  }), "low");
  const figures = table(`Documents in each ${told.unit}`, [[told.unit, false], ["documents", true]], told.periods.map((period, i) => [period, told.documents[i]]));
  return figure(`Documents in each ${told.unit}. ${notes.join(" ")}`, drawing, figures);
}

function rejects() {
  if (!data.rejects.length) return empty("Nothing was rejected.");
  return table("Rejects by reason; a number opens examples", [["reason", false, "fixed"], ["what", false], ["rejects", true]], data.rejects.map((each) => [
    each.reason, each.scope, plain(number(each.count), () => showReject(each), `examples of ${each.reason}`)]));
}

function showReject(each) {
  const found = each.examples.map((one) => h("li", {}, h("bdi", {}, one.message),
    one.excerpt ? h("pre", {}, h("bdi", { dir: "auto" }, one.excerpt)) : "",
    h("span", { class: "where" }, isolated(one.uri), one.position === null ? "" : `, at ${number(one.position)}`)));
  showDetail(`Rejected: ${each.reason}`, h("p", {}, `${amount(each.count, each.scope, `${each.scope}s`)}. Some of them:`), h("ul", { class: "sentences" }, found));
}

function skipped() {
  if (!data.skipped.length) return empty("The last run passed nothing over.");
  return table("Files that the last run passed over", [["why", false], ["ending", false], ["files", true], ["such as", false]], data.skipped.map((each) => [
    each.why, each.ending || "", each.count, h("span", {}, each.examples.map((uri) => h("div", {}, cut(uri, 60))))]));
}

function languages() {
  if (!data.languages.length) return empty("There are no documents.");
  const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
  const named = (code) => { try { return names.of(code); } catch { return code; } };
  return listed("Languages of the documents", [["language", false], ["documents", true], ["tagged", true]], data.languages.map((each) => [
    each.code === null ? "not told" : `${named(each.code)} (${each.code})`, each.documents, each.tagged]));
}

function inputs() {
  const { statuses, largest, failed } = data.inputs;
  const told = Object.entries(statuses).map(([status, count]) => `${number(count)} ${status}`).join(", ");
  const columns = [["input", false], ["documents", true], ["rejected", true]];
  const rows = (list) => list.map((each) => [cut(each.uri, 70), each.documents ?? "?", each.rejected ?? "?"]);
  return [h("p", {}, told ? `${told}.` : "There are none."), failed.length ? table("Not read to their end", [["input", false], ["status", false, "fixed"], ["documents", true], ["rejected", true]], failed.map((each) => [cut(each.uri, 70), each.status, each.documents ?? "?", each.rejected ?? "?"])) : "", largest.length ? listed("With the most documents", columns, rows(largest)) : ""];
}

function sources() {
  if (!data.sources.length) return empty("The tables have no kept column that tells sources: --keep carries fields of the inputs along, such as --keep source section.");
  return data.sources.map((each) => h("div", {}, listed(`By ${each.column}${each.distinct > each.values.length ? `, the first ${each.values.length} of ${number(each.distinct)}` : ""}`,
    [[each.column, false], ["documents", true], ["mentions", true]], each.values.map((one) => [one.value === null ? "no value" : cut(one.value), one.documents, one.mentions]))));
}

/** A table of which the first rows stand there, and the others on demand. */
function listed(caption, columns, rows, shown = 8) {
  if (rows.length <= shown + 2) return table(caption, columns, rows);
  return h("div", {}, table(caption, columns, rows.slice(0, shown)),
    h("details", {}, h("summary", {}, `${number(rows.length - shown)} more`), table(`${caption}, further ones`, columns, rows.slice(shown))));
}
