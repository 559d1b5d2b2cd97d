// Formats the templates of pages; with --check, lists those that are not formatted. To use it, first run:
// npm install --no-save @dprint/formatter@0.6.0 dprint-plugin-markup@0.27.3 axe-core@4.11 oidc-provider@8.8
// Skips templates whose first line begins with "{# format: off", and templates of emails.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createFromBuffer } from "@dprint/formatter";

const plugin = createRequire(import.meta.url).resolve("dprint-plugin-markup/plugin.wasm");
const formatter = createFromBuffer(readFileSync(plugin));
formatter.setConfig({}, { printWidth: 140, doctypeKeywordCase: "lower" });

const folder = new URL("../templates/", import.meta.url);
const isPage = (name) => name.endsWith(".html") && !name.split("/").includes("mail");
const names = readdirSync(folder, { recursive: true }).filter(isPage).sort();
const check = process.argv.includes("--check");
let failed = false;

for (const name of names) {
  const file = new URL(name, folder);
  const fileText = readFileSync(file, "utf8");
  if (fileText.startsWith("{# format: off")) continue;
  try {
    // Askama's tags are Jinja's, which the formatter recognises by the file extension.
    const formatted = formatter.formatText({ filePath: name.replace(/html$/, "jinja"), fileText });
    if (formatted === fileText) continue;
    if (check) {
      console.error(`templates/${name} is not formatted: run node .ci/templates.mjs`);
      failed = true;
    } else {
      writeFileSync(file, formatted);
    }
  } catch (error) {
    console.error(`templates/${name}: ${error}`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
