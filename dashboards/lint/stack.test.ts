import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { specOf, unknownSeries } from "./promql.ts";

const STACK = join(import.meta.dirname, "../stack");
const read = <T>(path: string): T => parse(readFileSync(join(STACK, path), "utf8")) as T;

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly ports?: string[];
        readonly volumes: string[];
        readonly command?: string[];
        readonly environment?: Record<string, string>;
      }
    >
  >;
  readonly volumes: Readonly<Record<string, null>>;
}

const compose = read<Compose>("compose.yaml");
const services = Object.entries(compose.services);

describe("compose file", () => {
  test.each(services)("%s has an image with an exact tag", (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/);
  });

  test.each(services)("%s is reachable from this machine only", (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test.each(services)("%s mounts what exists", (_, { volumes }) => {
    for (const [source = ""] of volumes.map((volume) => volume.split(/:(?=\/)/))) {
      const known = source.startsWith(".")
        ? existsSync(join(STACK, source))
        : source.startsWith("${IAPEER_ROOT") || source in compose.volumes;
      expect(known, `${source} does not exist`).toBe(true);
    }
  });

  test("each configuration that a command names is mounted there", () => {
    for (const [, { command = [], volumes }] of services) {
      const wanted = command.flatMap((word) => /config(?:\.file)?=(.+)$/.exec(word)?.[1] ?? []);
      for (const path of wanted) expect(volumes.some((volume) => volume.includes(`:${path}:`))).toBe(true);
    }
  });

  test("Prometheus finds the rules where its configuration looks for them", () => {
    const { rule_files } = read<{ rule_files: string[] }>("prometheus/prometheus.yaml");
    const prometheus = compose.services["prometheus"];
    const config = prometheus?.command?.find((word) => word.startsWith("--config.file="))?.slice("--config.file=".length) ?? "";
    const folder = normalize(join(dirname(config), dirname(rule_files[0] ?? "")));
    expect(prometheus?.volumes).toContain(`../prometheus/rules:${folder}:ro`);
  });
});

interface Collector {
  readonly receivers: object;
  readonly processors: object;
  readonly exporters: object;
  readonly connectors: object;
  readonly extensions: object;
  readonly service: {
    readonly extensions: string[];
    readonly pipelines: Readonly<
      Record<string, { readonly receivers: string[]; readonly processors: string[]; readonly exporters: string[] }>
    >;
  };
}

/** Components that a collector's pipelines name and that are not defined, or are defined and never used. */
function unmatched({ receivers, processors, exporters, connectors, extensions, service }: Collector): string[] {
  const pipelines = Object.values(service.pipelines);
  const sorts = [
    ["receiver", { ...receivers, ...connectors }, pipelines.flatMap((pipeline) => pipeline.receivers)],
    ["processor", processors, pipelines.flatMap((pipeline) => pipeline.processors)],
    ["exporter", { ...exporters, ...connectors }, pipelines.flatMap((pipeline) => pipeline.exporters)],
    ["extension", extensions, service.extensions],
  ] as const;
  return sorts.flatMap(([sort, defined, used]) => [
    ...used.filter((name) => !(name in defined)).map((name) => `${sort} ${name} is not defined`),
    ...Object.keys(defined)
      .filter((name) => !used.includes(name))
      .map((name) => `${sort} ${name} is never used`),
  ]);
}

describe("collector", () => {
  test("its pipelines name what is defined, all of it", () => {
    expect(unmatched(read<Collector>("collector/config.yaml"))).toEqual([]);
  });

  test("a name that is not defined is noticed", () => {
    const broken = read<Collector>("collector/config.yaml");
    broken.service.pipelines["logs"]?.receivers.push("filelog");
    expect(unmatched(broken)).toEqual(["receiver filelog is not defined"]);
  });

  test("every variable of the environment is set in both surroundings, or has a default", () => {
    const wanted = ["collector/config.yaml", "tempo/tempo.yaml", "loki/loki.yaml"].flatMap((path) => {
      const names = readFileSync(join(STACK, path), "utf8").matchAll(/\$\{(?:env:)?(IAPEER_\w+)(?::-[^}]*)?\}/g);
      return [...names].map(([, name = ""]) => [path.split("/")[0] ?? "", name] as const);
    });
    const native = readFileSync(join(STACK, "native/run.sh"), "utf8");
    for (const [service, name] of wanted) {
      expect(Object.keys(compose.services[service]?.environment ?? {}), `${service} in compose.yaml`).toContain(name);
      expect(native).toMatch(new RegExp(`export .*\\b${name}=`));
    }
  });
});

interface Datasources {
  readonly datasources: readonly { readonly uid: string; readonly type: string; readonly url: string; readonly jsonData: object }[];
}

describe("Grafana", () => {
  const { datasources } = read<Datasources>("grafana/provisioning/datasources/iapeer.yaml");

  test("links between data sources lead to one that is there", () => {
    const uids = datasources.map(({ uid }) => uid);
    const linked = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"([^"]*)"/g)].map(([, uid]) => uid);
    expect(uids).toEqual(["prometheus", "loki", "tempo"]);
    expect(linked.length).toBe(4);
    for (const uid of linked) expect(uids).toContain(uid);
  });

  test("a `$` that Grafana has to keep is doubled, and every other one is a variable that is set", () => {
    const text = readFileSync(join(STACK, "grafana/provisioning/datasources/iapeer.yaml"), "utf8").replace(/^#.*$/gm, "");
    const single = [...text.replaceAll("$$", "").matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name);
    for (const name of single) expect(Object.keys(compose.services["grafana"]?.environment ?? {})).toContain(name);
  });

  test("queries behind a trace use registered metrics", () => {
    const queries = [...JSON.stringify(datasources).matchAll(/"query":"((?:[^"\\]|\\.)*)"/g)]
      .map(([, query = ""]) => query)
      .filter((query) => query.includes("iapeer_"));
    expect(queries.length).toBe(2);
    expect(queries.flatMap((query) => unknownSeries(query))).toEqual([]);
    expect(specOf("iapeer_wake_decisions_total")).toBeDefined();
  });

  test("the dashboards are read where they are mounted", () => {
    const grafana = compose.services["grafana"];
    expect(grafana?.volumes).toContain(`../json:${grafana?.environment?.["IAPEER_DASHBOARDS"]}:ro`);
  });
});
