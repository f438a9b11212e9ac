import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { dirname, relative, resolve } from "node:path";

/** The HTML report's folder, and the module that its script starts with. */
const HTML = resolve(import.meta.dirname, "../../sim/report/html");
const FIRST = `${HTML}/page/main.js`;
/** What it has in common with the daemon's own page. */
const FAMILY = resolve(import.meta.dirname, "../../lib/web/page");

const IMPORT = /^import (?<type>type )?\{[^}]*\} from "(?<path>\.[^"]+)";\n/gm;

/**
 * The text of `sim/report/html/page-assets.ts`: the page's modules in the order of their imports, as one script without imports. The page needs
 * no more of a bundler than that: no two modules declare the same name, which is checked here.
 */
export async function pageAssets(): Promise<string> {
  const modules = new Map<string, string>();
  await collect(FIRST, modules);
  const parts = [...modules].map(([path, code]) => `// ${relative(HTML, path)}\n${code.trim()}\n`);
  checkNames([...modules]);
  const script = `"use strict";\n(() => {\n${parts.join("\n")}})();\n`;
  const style = `${await readFile(`${FAMILY}/family.css`, "utf8")}${await readFile(`${HTML}/page/page.css`, "utf8")}`;
  const digest = createHash("sha256").update(script).digest("base64");
  return [
    "// biome-ignore-all format: generated",
    "// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the page's own code as text",
    "// Generated from page/ and shared/; `vitest run sim/report/html/page-assets.test.ts -u` makes it anew.",
    "",
    "/** The script of the page, for a `script` element without a type. */",
    `export const PAGE_SCRIPT = ${lines(script)};`,
    "",
    "/** SHA-256 of the script, base64, for the page's content security policy. */",
    `export const PAGE_SCRIPT_DIGEST = ${JSON.stringify(digest)};`,
    "",
    "/** The style sheet of the page. */",
    `export const PAGE_STYLE = ${lines(style)};`,
    "",
  ].join("\n");
}

/** Adds a module after everything that it imports. */
async function collect(path: string, modules: Map<string, string>): Promise<void> {
  if (modules.has(path)) return;
  const source = await readFile(path, "utf8");
  const imports = [...source.matchAll(IMPORT)].filter(({ groups }) => groups?.["type"] === undefined);
  for (const { groups } of imports) await collect(resolve(dirname(path), groups?.["path"] ?? ""), modules);
  const code = path.endsWith(".ts") ? stripTypeScriptTypes(source) : source;
  modules.set(
    path,
    code
      .replace(IMPORT, "")
      .replace(/^export (?=(async )?(function|const|let) )/gm, "")
      .replace(/^[ \t]+$/gm, "")
      .replace(/\n{3,}/g, "\n\n"),
  );
  if (/<\/script|<!--/i.test(code)) throw new Error(`${path} holds a text that would end the script element`);
  if (/^(import|export) /m.test(modules.get(path) ?? ""))
    throw new Error(`${path} imports or exports in a way that is not understood here`);
}

/** One scope for all: two declarations of one name would hide each other. */
function checkNames(modules: readonly (readonly [string, string])[]): void {
  const owners = new Map<string, string>();
  for (const [path, code] of modules) {
    for (const [, name = ""] of code.matchAll(/^(?:async )?(?:function|const|let) (\w+)/gm)) {
      const other = owners.get(name);
      if (other !== undefined) throw new Error(`${name} is declared in ${relative(HTML, other)} and in ${relative(HTML, path)}`);
      owners.set(name, path);
    }
    for (const [, names = ""] of code.matchAll(/^const \[([\w, ]+)\]/gm)) {
      for (const name of names.split(", ")) {
        if (owners.has(name)) throw new Error(`${name} is declared in two modules`);
        owners.set(name, path);
      }
    }
  }
}

/** A text as an array of its lines, so that a change of one line is a change of one line here too. */
function lines(text: string): string {
  return `[\n${text
    .split("\n")
    .map((line) => `  ${JSON.stringify(line)},`)
    .join("\n")}\n].join("\\n")`;
}
