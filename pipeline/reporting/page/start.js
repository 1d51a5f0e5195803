// Begins: the theme first, since charts take their colours from it.
const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen = null;

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  at("theme").setAttribute("aria-pressed", String(theme === "dark"));
  redraw();
}
const theme = () => chosen || (dark.matches ? "dark" : "light");
dark.addEventListener("change", () => setTheme(theme()));
at("theme").addEventListener("click", () => { chosen = theme() === "dark" ? "light" : "dark"; setTheme(chosen); });
addEventListener("beforeprint", () => { isPrinting = true; setTheme("light"); });
addEventListener("afterprint", () => { isPrinting = false; setTheme(theme()); });
at("detail").addEventListener("close", () => closeCharts(at("detail")));

setTheme(theme());
showRead();
showNames();
showRising();
showTies();
showScores();
showReader();
at("made-by").textContent = `Made by news-entities ${data.version} from ${data.root}, whose names the model ${data.model} found. Rows are counted in the files that parts.parquet lists.`;
