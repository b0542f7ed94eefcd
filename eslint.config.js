// Lints what browsers run (static/), and what node runs (bench/, tests/).
import js from "@eslint/js";
import globals from "globals";

const MARKUP = "Build elements or clone a template and set textContent: markup made from data is how scripts get in.";

const rules = {
  ...js.configs.recommended.rules,
  eqeqeq: "error",
  "no-undef": "error",
  "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
  "no-var": "error",
  "prefer-const": "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-restricted-properties": [
    "error",
    { property: "innerHTML", message: MARKUP },
    { property: "outerHTML", message: MARKUP },
    { property: "insertAdjacentHTML", message: MARKUP },
    { object: "document", property: "write", message: MARKUP },
  ],
};

export default [
  { ignores: ["**/node_modules/", ".venv/", "data/", "static_root/", ".cache/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/static/**/*.js", "docs/examples/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.browser },
    rules,
  },
  {
    files: ["bench/**/*.{js,mjs}", "tests/**/*.mjs", "eslint.config.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.node },
    rules,
  },
];
