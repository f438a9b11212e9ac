// Run after `npm install` has rewritten package-lock.json on a registry mirror that lacks some platform packages.
//
// Why: npm leaves an optional platform package that it cannot fetch out of the lock file altogether, and `npm ci` then refuses the
// lock as out of step, on every platform. This adds the missing entries as a complete registry would have written them (exact version,
// platform limits read off the package's name), so that other platforms skip or fetch them as usual.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32", "wasm32"];
const cpus = { arm64: "arm64", x64: "x64", ia32: "ia32", arm: "arm", ppc64: "ppc64", riscv64: "riscv64", s390x: "s390x", wasm32: "wasm32" };

/** Platform limits that a package's name states: `…-linux-x64-musl` → linux, x64, musl. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = Object.keys(cpus).find((candidate) => words.includes(candidate));
  const musl = words.some((word) => word.startsWith("musl"));
  if (!os) throw new Error(`${name}: no platform in its name; add it to package-lock.json by hand`);
  return { ...(cpu && { cpu: [cpus[cpu]] }), ...(musl && { libc: ["musl"] }), os: [os] };
}

const added = [];
for (const entry of Object.values({ ...lock.packages })) {
  const devOnly = entry.dev ? { dev: true } : {};
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`]) continue;
    lock.packages[`node_modules/${name}`] = { version, ...devOnly, optional: true, ...platformOf(name) };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? "package-lock.json is complete" : `added ${added.join(", ")}`);
