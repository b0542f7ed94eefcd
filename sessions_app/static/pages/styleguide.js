// Shows both themes at once: each section gets the tokens that tokens.css gives to its theme.

const sheet = [...document.styleSheets].find(({ href }) => href?.includes("/base/tokens"));
const [light] = [...sheet.cssRules].filter((rule) => rule instanceof CSSStyleRule);
const [media] = [...sheet.cssRules].filter((rule) => rule instanceof CSSMediaRule);
const themes = { light: [light], dark: [light, media.cssRules[0]] };

function dress(section) {
  for (const { style } of themes[section.dataset.theme]) {
    for (const name of style) section.style.setProperty(name, style.getPropertyValue(name));
  }
  section.style.colorScheme = section.dataset.theme;
  for (const swatch of section.querySelectorAll("[data-colour]")) {
    swatch.style.background = `var(--${swatch.dataset.colour})`;
  }
  for (const line of section.querySelectorAll("[data-size]")) line.style.fontSize = `var(--${line.dataset.size})`;
}

document.querySelectorAll(".theme").forEach(dress);
