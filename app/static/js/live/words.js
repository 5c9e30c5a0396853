/** The words of the page's scripts: each `script.words` holds {key: text in the page's language}. */

const words = Object.assign({}, ...[...document.querySelectorAll("script.words")].map((part) => JSON.parse(part.textContent)));

/** `t("Seat %(code)s", {code: "01"})` */
export function t(key, values = {}) {
  return (words[key] ?? key).replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}
