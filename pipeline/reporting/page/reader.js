// Sample documents, with filters by type, score and name.
let opened = -1;

function showReader() {
  const { documents, reason } = data.reader;
  if (!documents.length) { fill("reading", empty(reason)); return; }
  const search = h("input", { id: "find", type: "search", autocomplete: "off", input: filter });
  const least = h("input", { id: "least", type: "range", min: "0", max: "1", step: "0.05", value: "0", input: filter });
  const types = data.labels.map((label, i) => h("label", {}, h("input", { type: "checkbox", checked: true, value: String(i), change: filter }), " ", badge(i), ` ${label.name}`));
  fill("reading",
    h("p", { class: "muted" }, `${amount(documents.length, "document", "documents")} of ${number(data.totals.documents)}: those whose sentences stand above, and then some at random. Line breaks within a text are those between paragraphs.`),
    h("div", { class: "filters" },
      h("div", {}, h("label", { for: "find" }, "Documents that name"), search),
      h("fieldset", { id: "types" }, h("legend", {}, "Mark names of these types"), types),
      h("div", {}, h("label", { for: "least", id: "least-l" }, "Mark from score 0.00 on"), least)),
    h("p", { id: "found", role: "status" }),
    h("div", { class: "reader" }, h("ul", { class: "documents", id: "documents", "aria-label": "Documents" }), h("article", { id: "document", tabindex: "-1", "aria-label": "Document" })));
  filter();
}

/** Says which mentions the filters leave. */
function wanted() {
  const types = new Set([...document.querySelectorAll("#types input:checked")].map((box) => Number(box.value)));
  const least = Number(at("least").value);
  const words = at("find").value.trim().toLowerCase();
  const marks = (label, score) => types.has(label) && score >= least;
  const finds = (text, name) => words !== "" && (text.toLowerCase().includes(words) || name.toLowerCase().includes(words));
  return { marks, finds, words, least };
}

const mentions = (document) => document.fields.flatMap((field) => field.paragraphs.flat(2)).filter((segment) => typeof segment !== "string");

function filter() {
  const { marks, finds, words, least } = wanted();
  at("least-l").textContent = `Mark from score ${least.toFixed(2)} on`;
  const left = data.reader.documents.map((each, i) => [each, i, mentions(each).filter(([text, label, score, name]) => marks(label, score) && (words === "" || finds(text, name === null ? text : name))).length])
    .filter(([, , count]) => words === "" || count > 0);
  at("found").textContent = words === "" ? amount(left.length, "document", "documents") : `${amount(left.length, "document names", "documents name")} what was searched for.`;
  fill("documents", left.map(([each, i, count]) => h("li", { "data-i": i }, h("button", { type: "button", click: () => readDocument(i, true) }, cut(each.title || each.id, 90), h("span", { class: "where" }, `${each.date ? `${each.date} · ` : ""}${amount(count, "mention", "mentions")}`)))));
  const isLeft = left.some(([, i]) => i === opened);
  readDocument(isLeft ? opened : left.length ? left[0][1] : -1, false);
}

function readDocument(i, moves) {
  opened = i;
  for (const item of at("documents").children) item.setAttribute("aria-current", String(Number(item.dataset.i) === i));
  const each = data.reader.documents[i];
  if (!each) { fill("document", empty("No document of the sample is left; the sample is not all of the output.")); return; }
  const about = [["id", each.id], ["date", each.date], ["language", each.language], ["input", each.uri], ...each.kept].filter(([, value]) => value !== null);
  fill("document", h("h3", {}, cut(each.title || each.id, 200)),
    h("details", {}, h("summary", {}, "About this document"), h("dl", {}, about.flatMap(([title, value]) => [h("dt", { class: "muted" }, title), h("dd", {}, isolated(value))]))),
    each.fields.flatMap((field) => [each.fields.length > 1 ? h("h4", {}, isolated(field.name)) : "", ...field.paragraphs.map((paragraph) => h("p", { dir: "auto" }, paragraph.flatMap((one) => [h("bdi", { dir: "auto" }, sentence(one)), " "])))]),
    each.omitted ? h("p", { class: "muted" }, `${amount(each.omitted, "more sentence is", "more sentences are")} left out for want of room.`) : "");
  const { marks, finds } = wanted();
  for (const mark of at("document").querySelectorAll("mark")) {
    mark.classList.toggle("off", !marks(Number(mark.dataset.label), Number(mark.dataset.score)));
    mark.classList.toggle("hit", finds(mark.firstChild.textContent, mark.dataset.name) && !mark.classList.contains("off"));
  }
  if (moves) at("document").focus({ preventScroll: innerWidth > 736 });
}

/** Opens a document of the sample from anywhere on the page. */
function openDocument(i) {
  at("detail").close();
  at("find").value = "";
  filter();
  readDocument(i, false);
  at("documents").querySelector(`[data-i="${i}"]`).scrollIntoView({ block: "nearest" });
  at("reader").scrollIntoView();
  at("document").focus({ preventScroll: true });
}
