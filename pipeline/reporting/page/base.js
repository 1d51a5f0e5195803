// What all parts of the page use: elements, numbers, names and marked sentences. All text goes into
// the page as text (textContent), so that markup in a document has no effect.
const data = JSON.parse(document.getElementById("figures").textContent);
const whole = new Intl.NumberFormat("en");
const at = (id) => document.getElementById(id);

/** Makes an element; attributes that are functions are listeners, children that are strings text. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function fill(id, ...children) {
  at(id).replaceChildren(...children.flat(Infinity).filter(Boolean));
}

const number = (value) => whole.format(value);
const amount = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const empty = (text) => h("p", { class: "empty" }, text);
const isolated = (text) => h("bdi", {}, text);

/** Cuts a text for a chart, which has no room, and takes out what turns its direction. */
function short(text, length = 26) {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
  const characters = [...plain];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : plain;
}

/** Cuts a text that is shown whole on demand: the whole of it is its title. */
function cut(text, length = 80) {
  const characters = [...text];
  if (characters.length <= length) return isolated(text);
  return h("bdi", { title: text }, `${characters.slice(0, length - 1).join("")}…`);
}

const plain = (label, press, title) => h("button", { type: "button", class: "plain", click: press, title }, label);

/** Makes a table; a column is [heading, is a number]. Its first column heads the rows. */
function table(caption, columns, rows) {
  const head = columns.map(([title, isNumber]) => h("th", { scope: "col", class: isNumber ? "number" : null }, title));
  const body = rows.map((cells) => h("tr", {}, cells.map((cell, i) => {
    const value = typeof cell === "number" ? number(cell) : cell;
    const kind = columns[i][1] ? "number" : columns[i][2];
    return i ? h("td", { class: kind }, value) : h("th", { scope: "row", class: kind }, value);
  })));
  const made = h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, head)), h("tbody", {}, body));
  return h("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption }, made);
}

const badge = (label) => h("span", { class: `badge l${label % 6}`, title: data.labels[label].label }, data.labels[label].letter);

/**
 * Writes a sentence. Its segments are strings, and [text, label, score, name] for names, where a
 * name is null if it is the text itself.
 */
function sentence(segments, isHit = () => false) {
  return segments.map((segment) => {
    if (typeof segment === "string") return segment;
    const [text, label, score, name] = segment;
    const resolved = name === null ? text : name;
    const title = `${resolved} (${data.labels[label].label}), score ${score.toFixed(2)}`;
    const letter = h("span", { class: "badge", "aria-hidden": "true" }, data.labels[label].letter);
    const said = h("mark", { class: `l${label % 6}${isHit(resolved, label) ? " hit" : ""}`, title }, text, letter);
    said.dataset.label = label;
    said.dataset.score = score;
    said.dataset.name = resolved;
    return said;
  });
}

/** Lists sentences with where they stand; a document that the reader has can be opened there. */
function sentences(found, isHit) {
  if (!found.length) return empty(data.texts ? "No sentence is shown here." : "The job kept no text of sentences (--sentences text keeps it).");
  return h("ul", { class: "sentences" }, found.map((each) => h("li", {},
    h("bdi", { dir: "auto" }, sentence(each.text, isHit)),
    h("span", { class: "where" }, each.date ? `${each.date} · ` : "", cut(each.id, 90),
      each.document === null ? "" : [" · ", plain("read it", () => openDocument(each.document))]))));
}

/** Shows a part of the detail dialog, which Escape closes. */
function showDetail(title, ...children) {
  closeCharts(at("detail"));
  at("detail-h").replaceChildren(...[title].flat());
  fill("detail-body", children);
  if (!at("detail").open) at("detail").showModal();
  at("detail").scrollTop = 0;
  at("detail-h").focus();
}
