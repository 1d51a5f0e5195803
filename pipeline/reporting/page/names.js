// The most named, those that are new or rising, and what is told of one name.
function showNames() {
  if (!data.labels.length) { fill("top", empty("No name was found, so there is nothing to count.")); fill("tabs"); return; }
  const tabs = data.labels.map((label, i) => h("button", { type: "button", role: "tab", id: `tab-${i}`, "aria-controls": "top", click: () => chooseTab(i) }, `${label.name} (${number(label.mentions)})`));
  fill("tabs", tabs);
  at("tabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (tabs.findIndex((tab) => tab.tabIndex === 0) + step + tabs.length) % tabs.length;
    chooseTab(next);
    tabs[next].focus();
  });
  chooseTab(0);
}

function chooseTab(chosen) {
  data.labels.forEach((_, i) => {
    at(`tab-${i}`).setAttribute("aria-selected", String(i === chosen));
    at(`tab-${i}`).tabIndex = i === chosen ? 0 : -1;
  });
  at("top").setAttribute("aria-labelledby", `tab-${chosen}`);
  closeCharts(at("top"));
  const label = data.labels[chosen];
  const dated = data.dates.periods.length > 1;
  const columns = [["name", false, "name"], ["mentions", true], ["documents", true], ...(dated ? [[`by ${data.dates.unit}`, false]] : []), ["one of its sentences", false, "said"]];
  const rows = label.top.map((id) => {
    const name = data.names[id];
    return [nameButton(id), plain(number(name.mentions), () => showName(id), "its sentences"), plain(number(name.documents), () => showName(id), "its sentences"),
      ...(dated ? [name.dated ? spark(name.name, name.label, name.curve) : ""] : []),
      name.sentences.length ? h("bdi", { dir: "auto" }, sentence(name.sentences[0].text, hits(name))) : ""];
  });
  const rest = label.names - label.top.length;
  fill("top", table(`${label.name}, ${rest > 0 ? `the first ${label.top.length} of ${amount(label.names, "name", "names")}` : "all of them"}`, columns, rows));
}

const hits = (name) => (resolved) => resolved === name.name;
const nameButton = (id) => plain([badge(data.names[id].label), " ", cut(data.names[id].name, 60)], () => showName(id));

/** Shows all that the page knows of a name. */
function showName(id) {
  const name = data.names[id];
  const span = name.dated ? `, dated ${name.first} to ${name.last}` : "";
  const others = data.ties.rows.filter((row) => row.one === id || row.other === id).slice(0, 12);
  showDetail([badge(name.label), " ", cut(name.name, 160)],
    h("p", {}, `${amount(name.mentions, "mention", "mentions")} in ${amount(name.documents, "document", "documents")}${span}.`),
    name.dated ? figure(`Documents that name it in each ${data.dates.unit}.`, curve(name.name, name.label, name.curve)) : h("p", { class: "muted" }, "No document that names it has a date."),
    h("h3", {}, "Forms"), chips(name.forms.map(([form, count]) => [isolated(form), count])),
    h("h3", {}, "Labels"), chips(name.labels.map(([label, count]) => [label, count])),
    others.length ? [h("h3", {}, "Named with"), h("ul", { class: "chips" }, others.map((row) => {
      const other = row.one === id ? row.other : row.one;
      return h("li", {}, badge(data.names[other].label), " ", plain(cut(data.names[other].name, 40), () => showName(other)), " ", plain(number(row.documents), () => showTie(row), "documents that name both"));
    }))] : "",
    h("h3", {}, name.mentions > name.sentences.length ? "Some of its sentences" : "Its sentences"), sentences(name.sentences, hits(name)),
    query(name));
}

const chips = (list) => h("ul", { class: "chips" }, list.map(([title, count]) => h("li", {}, title, " ", h("span", { class: "muted" }, number(count)))));

/** The way to all mentions of a name, for which no page has room. */
function query(name) {
  const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
  const sql = `SELECT date, document_id, sentence.text\nFROM ${quoted(`${data.root}/entities/**/*.parquet`)} AS entity\nJOIN ${quoted(`${data.root}/sentences/**/*.parquet`)} AS sentence\nUSING (document_key, field, sentence_index)\nWHERE resolved_name = ${quoted(name.name)} AND label = ${quoted(data.labels[name.label].label)};`;
  return h("details", {}, h("summary", {}, "All of them, with DuckDB"), h("pre", {}, h("bdi", {}, sql)));
}

function showRising() {
  const { rising } = data;
  if (rising.reason) { fill("rises", empty(rising.reason)); return; }
  const intro = h("p", {}, `Since ${rising.since}, ${amount(rising.after, "document", "documents")}: about the newest fifth of the dated ones. Before, ${number(rising.before)}. These names are in a larger share of the newer documents, in the order of how surely that is no accident.`);
  const note = h("p", { class: "muted" }, "The measure is the log-likelihood ratio G² of the two shares (Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence, Computational Linguistics 19(1)). Chance gives 3.8 or more for one name in twenty, and 10.8 or more for one in a thousand; what has less than 3.8 is left out. Documents are counted, not mentions, so that one long text does not make a name rise.");
  const rows = rising.rows.map((row) => [nameButton(row.name), row.before ? "rising" : "new",
    plain(number(row.after), () => showName(row.name), "its sentences"), percent(row.after / rising.after), plain(number(row.before), () => showName(row.name), "its sentences"), percent(row.before / rising.before), row.g2.toFixed(1),
    spark(data.names[row.name].name, data.names[row.name].label, data.names[row.name].curve)]);
  const columns = [["name", false, "name"], ["", false, "fixed"], ["documents since", true], ["share", true], ["before", true], ["share", true], ["G²", true], [`by ${data.dates.unit}`, false]];
  fill("rises", intro, rows.length ? table(`New and rising since ${rising.since}`, columns, rows) : empty("No name of three newer documents at least is in a share of them that is surely larger than before."), note);
}
