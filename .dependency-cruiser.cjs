/**
 * Imports point downwards only (docs/architecture.md). Judged on the compiled output, because the cruiser cannot read TypeScript 7 yet:
 * imports of types alone are gone there and not judged.
 */
const layer = (name, from, mayNotReach, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from.replace("^", "^dist/") },
  to: { path: mayNotReach.replace("^", "^dist/") },
});

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      comment: "Cycles hide who depends on whom; types are exempt.",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    layer("model-is-the-ground", "^lib/model/", "^(lib/(?!model/)|sim/|bin/)", "The model knows nothing but itself."),
    layer("ports-know-the-model", "^lib/ports/", "^(lib/(?!(model|ports)/)|sim/|bin/)", "Ports are contracts over the model."),
    layer(
      "core-knows-no-platform",
      "^lib/(lifecycle|peers|router|log|config|storage)/",
      "^(lib/(adapters|runtimes|control|telemetry|web)/|sim/|bin/)",
      "The core sees the world through ports only.",
    ),
    layer(
      "runtimes-use-ports",
      "^lib/runtimes/",
      "^(lib/(adapters|lifecycle|control)/|sim/|bin/)",
      "Adapters of agent CLIs type and read through ports.",
    ),
    layer(
      "telemetry-reads-decisions",
      "^lib/telemetry/",
      "^(lib/(?!(telemetry|model|ports|lifecycle/decide)/)|sim/|bin/)",
      "Telemetry is made from decision records and the tables behind them, nothing else.",
    ),
    layer("lib-knows-no-simulator", "^lib/", "^(sim|bin)/", "Production code never knows that it is simulated."),
    layer("sim-uses-no-real-world", "^sim/(?!cli/|vitest/)", "^(lib/adapters/|bin/)", "The simulated world has no way out."),
    {
      name: "no-node-in-core",
      severity: "error",
      from: { path: "^dist/lib/(?!adapters/|runtimes/demo/agent/)" },
      to: { path: "^(node:)?(fs|child_process|timers|os|net|crypto)(/|$)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types"] },
  },
};
