import type { World } from "../world/api.ts";

/** How often each rule fired, by `kind:name`: what the log says of modes, causes, actions, classes, holds and clock events. */
export function firedRules(decisions: World["truth"]["decisions"]): Record<string, number> {
  const counts: Record<string, number> = {};
  const count = (kind: string, name: unknown): void => {
    if (typeof name !== "string" || name === "") return;
    const key = `${kind}:${name}`;
    counts[key] = (counts[key] ?? 0) + 1;
  };
  for (const { ev, fields } of decisions) {
    if (ev === "wake") {
      count("mode", fields["mode"]);
      count("cause", fields["cause"]);
      if (fields["probe"] === true) count("hold", "probe");
    } else count("refusal", fields["cause"]);
    if (ev === "supervise") count("action", fields["action"]);
    if (ev === "hold") count("hold", fields["state"] ?? fields["action"]);
    if (ev === "clock") count("clock", fields["kind"]);
    count("class", fields["class"]);
    count("event", ev);
  }
  return Object.fromEntries(Object.entries(counts).sort(([left], [right]) => (left < right ? -1 : 1)));
}
