// Installs the agent CLIs that the real-runtime suite (`npm run test:runtimes`) drives into the git-ignored folder `.runtimes/`.
//
// Why pinned: the adapters are written against measured behaviour of exactly these versions; a newer CLI is tried by changing the pin and
// running the suite. Why not a devDependency: they are 200 MB each and nothing but that suite needs them. Running this again changes nothing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Exact versions; `name` is the program in `node_modules/.bin`, `setup` the package's own install step (it puts the native program in place). */
const RUNTIMES = [{ name: "claude", pack: "@anthropic-ai/claude-code", version: "2.1.197", setup: "install.cjs" }];

const folder = fileURLToPath(new URL("../../.runtimes/", import.meta.url));
const wanted = process.argv.length > 2 ? RUNTIMES.filter(({ name }) => process.argv.includes(name)) : RUNTIMES;

/** Version of a package that is installed already, or null. */
function installedVersion(pack) {
  const manifest = `${folder}node_modules/${pack}/package.json`;
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : null;
}

/** Runs one step; ends this script when the step fails. */
function run(program, args) {
  if (spawnSync(program, args, { stdio: "inherit" }).status === 0) return;
  console.error(`failed: ${program} ${args.join(" ")}; the suite skips the runtimes that are not in ${folder}`);
  process.exit(1);
}

mkdirSync(folder, { recursive: true });
if (!existsSync(`${folder}package.json`)) writeFileSync(`${folder}package.json`, `${JSON.stringify({ private: true }, null, 2)}\n`);

const missing = wanted.filter(({ name, pack, version }) => {
  return installedVersion(pack) !== version || !existsSync(`${folder}node_modules/.bin/${name}`);
});
if (missing.length > 0) {
  const packs = missing.map(({ pack, version }) => `${pack}@${version}`);
  // Install scripts run below and by name: newer versions of npm hold them back until somebody approves.
  const options = ["--prefix", folder, "--save-exact", "--ignore-scripts", "--no-audit", "--no-fund"];
  run("npm", ["install", ...options, ...packs]);
  for (const { pack, setup } of missing) if (setup) run(process.execPath, [`${folder}node_modules/${pack}/${setup}`]);
}
for (const { name, version } of wanted) console.log(`${name} ${version}: ${folder}node_modules/.bin/${name}`);
