// What a reader who does not see well needs of a page; each returns what is wrong. The expression
// gives the functions to the test, which calls them in the page.
(() => {
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.offsetParent);

  /** Controls and pictures that have no name for a screen reader. */
  const unnamed = () => shown("button, input, [role=img], [role=region]")
    .filter((each) => !(each.textContent.trim() || each.getAttribute("aria-label") || each.labels?.length))
    .map((each) => each.outerHTML.slice(0, 80));

  /** Headings that are more than one level below the one before. */
  const headings = () => shown("h1, h2, h3, h4")
    .filter((each, i, all) => each.tagName[1] > 1 + (i ? Number(all[i - 1].tagName[1]) : 0))
    .map((each) => each.textContent);

  /** Tables without a caption, and heads of rows or columns that do not say which they are. */
  const tables = () => [...document.querySelectorAll("th:not([scope]), table:not(:has(caption))")]
    .map((each) => each.outerHTML.slice(0, 80));

  /** Texts with less contrast than 4.5 to 1, by WCAG's formula. */
  const contrasts = () => [...new Set(shown("body *")
    .filter((each) => !each.closest("svg") && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((each) => [ratio(each), each]).filter(([found]) => found < 4.5)
    .map(([found, each]) => `${each.tagName}.${each.className} ${found.toFixed(2)}`))];

  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const paint = canvas.getContext("2d", { willReadFrequently: true });

  function ratio(element) {
    const backs = [];
    for (let each = element; each; each = each.parentElement) backs.unshift(getComputedStyle(each).backgroundColor);
    const [one, other] = [luminance(backs), luminance([...backs, getComputedStyle(element).color])];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  }

  /** How light colours are that lie over each other. */
  function luminance(colours) {
    paint.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      paint.fillStyle = colour;
      paint.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = [...paint.getImageData(0, 0, 1, 1).data]
      .map((value) => value / 255)
      .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  return { unnamed: unnamed(), headings: headings(), tables: tables(), contrasts: contrasts() };
})();
