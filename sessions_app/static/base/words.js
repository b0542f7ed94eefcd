// The words of a page in its reader's language: gettext over the catalogue that the page carries along.

const { language, messages } = JSON.parse(document.getElementById("words")?.textContent ?? '{"messages": {}}');
// A catalogue lists plural forms in this order, and leaves out what its language has not.
const FORMS = { ar: ["zero", "one", "two", "few", "many", "other"], zh: ["other"] };
const forms = FORMS[language?.split("-")[0]] ?? ["one", "other"];
const rules = new Intl.PluralRules(language ?? "en");

export const numbers = new Intl.NumberFormat(language ?? "en");
export const percents = new Intl.NumberFormat(language ?? "en", { style: "percent" });

export function gettext(message) {
  const found = messages[message];
  return (Array.isArray(found) ? found[0] : found) || message;
}

// gettext's ngettext with %(count)s filled in; other names as in `interpolate`.
export function ngettext(one, many, count, values = {}) {
  const found = messages[one];
  const form = forms.indexOf(rules.select(count));
  const text = Array.isArray(found) ? found.at(form) : count === 1 ? one : many;
  return interpolate(text || (count === 1 ? one : many), { count: numbers.format(count), ...values });
}

// Fills %(name)s.
export function interpolate(message, values) {
  return message.replace(/%\((\w+)\)s/g, (whole, name) => String(values[name] ?? whole));
}
