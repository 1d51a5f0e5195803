// Who occurs with whom: the strongest ties, and the most named among themselves.
const NARROW = 600, NAMED = 14;
const SHAPES = ["circle", "roundRect", "diamond", "triangle", "pin", "arrow"];

function showTies() {
  const { ties } = data;
  if (!ties.rows.length) { fill("tied", empty(ties.reason || "No two names are in the same document often enough to be called tied.")); return; }
  const list = listed(`Strongest ties: documents that name both, and ${ties.short}`, [["one", false, "name"], ["the other", false, "name"], ["documents", true], [ties.short, true]],
    ties.rows.map((row) => [nameButton(row.one), nameButton(row.other), plain(number(row.documents), () => showTie(row), "documents that name both"), row.strength.toFixed(2)]), 12);
  fill("tied", h("p", { class: "muted" }, ties.measure),
    figure("The strongest ties. The larger a name, the more documents have it; the thicker a line, the more documents have both. Shapes and colours tell types. A name or a line opens its sentences; so does the list below.", graph()),
    list, ties.matrix.names.length > 1 ? matrix() : "");
}

function graph() {
  const { rows } = data.ties;
  const ids = [...new Set(rows.flatMap((row) => [row.one, row.other]))];
  const most = Math.max(...ids.map((id) => data.names[id].documents));
  const mostBoth = Math.max(...rows.map((row) => row.documents));
  const press = (event) => event.dataType === "edge" ? showTie(rows[event.dataIndex]) : showName(ids[event.dataIndex]);
  return chart(`Network of the ${rows.length} strongest ties among ${ids.length} names; the list below has them as text`, (told) => ({
    tooltip: tooltip(told, { formatter: ({ dataType, dataIndex }) => {
      if (dataType !== "edge") return `${short(data.names[ids[dataIndex]].name, 50)}: ${amount(data.names[ids[dataIndex]].documents, "document", "documents")}`;
      const row = rows[dataIndex];
      return `${short(data.names[row.one].name)} and ${short(data.names[row.other].name)}: ${amount(row.documents, "document", "documents")}`;
    } }),
    series: [{
      type: "graph", layout: "force", force: { initLayout: "circular", layoutAnimation: false, repulsion: 160, edgeLength: 60, gravity: 0.1 },
      roam: false, emphasis: { focus: "adjacency" }, labelLayout: { hideOverlap: true },
      data: ids.map((id) => {
        const { name, label, documents } = data.names[id];
        return { id: String(id), name: String(id), symbol: SHAPES[label % SHAPES.length], symbolSize: 7 + 20 * Math.sqrt(documents / most), itemStyle: { color: told.label(label) },
          label: { show: true, position: "right", color: told.text, fontSize: 11, formatter: () => short(name, 24), textBorderColor: told.back, textBorderWidth: 3 } };
      }),
      edges: rows.map((row) => ({ source: String(row.one), target: String(row.other), lineStyle: { width: 1 + 5 * row.documents / mostBoth, color: told.muted, opacity: 0.5 } })),
    }],
  }), "tall", press, spread);
}

/** Moves the names of a drawn network so that they take all the room that there is. */
function spread(made) {
  const layout = made.getModel().getSeriesByIndex(0).getData();
  const places = [...Array(layout.count()).keys()].map((i) => layout.getItemLayout(i));
  const fit = (axis, low, high) => {
    const values = places.map((place) => place[axis]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    // A network without width or height cannot be drawn.
    return values.map((value, i) => low + (high - low) * (most > least ? (value - least) / (most - least) : (i + 1) / (values.length + 1)));
  };
  const [width, height] = [made.getWidth(), made.getHeight()];
  const [x, y] = [fit(0, 25, width - Math.min(150, width / 3)), fit(1, 25, height - 25)];
  const [series] = made.getOption().series;
  // A narrow picture has no room for all names; the others are told on demand, and in the list.
  const sizes = series.data.map((item) => item.symbolSize).sort((one, other) => other - one);
  const least = width < NARROW ? sizes[Math.min(NAMED, sizes.length) - 1] : 0;
  made.setOption({ series: [{ layout: "none", left: Math.min(...x), top: Math.min(...y), width: Math.max(...x) - Math.min(...x), height: Math.max(...y) - Math.min(...y),
    data: series.data.map((item, i) => ({ ...item, x: x[i], y: y[i], label: { ...item.label, show: item.symbolSize >= least } })) }] });
}

function matrix() {
  const { names, cells } = data.ties.matrix;
  const titles = names.map((id) => short(data.names[id].name, 20));
  const most = Math.max(1, ...cells.map((cell) => cell.documents));
  const press = ({ value }) => { const found = cells.find((cell) => cell.places.includes(`${value[0]},${value[1]}`)); if (found) showTie(found); };
  cells.forEach((cell) => { const [i, j] = [names.indexOf(cell.one), names.indexOf(cell.other)]; cell.places = [`${i},${j}`, `${j},${i}`]; });
  const drawing = chart(`Matrix of the ${names.length} most named: documents that name both; the table below has it as text`, (told) => ({
    grid: { ...GRID, top: 8, bottom: 70 },
    tooltip: tooltip(told, { formatter: ({ value }) => `${titles[value[0]]} and ${titles[value[1]]}: ${amount(value[2], "document", "documents")}` }),
    xAxis: axis(told, { type: "category", data: titles, label: { rotate: 60, interval: 0, fontSize: 11 }, splitLine: { show: false } }),
    yAxis: axis(told, { type: "category", data: titles, inverse: true, label: { interval: 0, fontSize: 11 }, splitLine: { show: false } }),
    visualMap: { min: 0, max: most, calculable: false, orient: "horizontal", left: 8, bottom: 4, itemHeight: 110, text: [`${number(most)} documents`, "0"], textStyle: { color: told.muted }, inRange: { color: [told.panel, told.accent] } },
    series: [{ type: "heatmap", data: cells.flatMap((cell) => cell.places.map((place) => [...place.split(",").map(Number), cell.documents])), itemStyle: { borderColor: told.back, borderWidth: 1 } }],
  }), "tall", press);
  const pairs = [...cells].sort((one, other) => other.documents - one.documents);
  const figures = table("Pairs of the most named", [["one", false], ["the other", false], ["documents", true]], pairs.map((cell) => [cut(data.names[cell.one].name, 40), cut(data.names[cell.other].name, 40), plain(number(cell.documents), () => showTie(cell), "documents that name both")]));
  return figure("The most named, and how many documents name both. A field opens their sentences.", drawing, figures);
}

/** Shows two names together: sentences that have both or, where none does, one of each in the same document. */
function showTie(row) {
  const [one, other] = [data.names[row.one], data.names[row.other]];
  const isHit = (resolved) => resolved === one.name || resolved === other.name;
  showDetail([badge(one.label), " ", cut(one.name, 60), " and ", badge(other.label), " ", cut(other.name, 60)],
    h("p", {}, `${amount(row.documents, "document names", "documents name")} both${row.shared ? `; ${amount(row.shared, "sentence has", "sentences have")} both` : "; no sentence has both, and these are of one document"}.`),
    sentences(row.sentences, isHit),
    h("p", {}, plain([`all of `, cut(one.name, 40)], () => showName(row.one)), " · ", plain([`all of `, cut(other.name, 40)], () => showName(row.other))));
}
