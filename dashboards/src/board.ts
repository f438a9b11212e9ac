import type { Dashboard, DashboardLink } from "@grafana/grafana-foundation-sdk/dashboard";
import * as grafana from "@grafana/grafana-foundation-sdk/dashboard";
import { layOut, type Section } from "./layout.ts";
import { metricName, PEER, selecting } from "./promql.ts";

export const TAG = "iapeer";

/** Where each dashboard is found; links are made from these, and a lint says when one leads nowhere. */
export const UIDS = {
  wakeCauses: "iapeer-wake-causes",
  fleet: "iapeer-fleet",
  peer: "iapeer-peer",
  daemon: "iapeer-daemon",
} as const;

/** Data sources are variables: the dashboards work whatever they are called. */
export const DATASOURCES = {
  prometheus: { type: "prometheus", uid: "${prometheus}" },
  loki: { type: "loki", uid: "${loki}" },
  tempo: { type: "tempo", uid: "${tempo}" },
} as const;
export type DatasourceType = keyof typeof DATASOURCES;

/** Every query of a dashboard is bound to the chosen jobs. */
export const select = selecting(['job=~"$job"']);

export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Start of the time range, such as `now-24h`. */
  readonly from: string;
  readonly datasources: readonly DatasourceType[];
  /** Offers peers to choose from: one, or any number with all as the default. */
  readonly peers?: "one" | "many";
  readonly sections: readonly Section[];
}

/** The frame that all dashboards share: uneditable, with variables and links to the others. */
export function dashboard({ uid, title, description, from, datasources, peers, sections }: Board): Dashboard {
  const frame = new grafana.DashboardBuilder(`iapeer / ${title}`)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .time({ from, to: "now" })
    .refresh("1m")
    .variables([...datasources.map(datasourceVariable), jobVariable(), ...(peers === undefined ? [] : [peerVariable(peers)])])
    .build();
  return { ...frame, links: [otherDashboards()], panels: layOut(sections) };
}

function datasourceVariable(type: DatasourceType): grafana.DatasourceVariableBuilder {
  const label = `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
  return new grafana.DatasourceVariableBuilder(type).label(label).type(type).description(`The ${label} that knows the fleet.`);
}

function fromPrometheus(name: string, query: string): grafana.QueryVariableBuilder {
  return new grafana.QueryVariableBuilder(name)
    .datasource(DATASOURCES.prometheus)
    .query({ query, refId: name })
    .definition(query)
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.AlphabeticalAsc);
}

/** All stands for `.+`, so that it holds whatever the label's values are. */
function withAll(variable: grafana.QueryVariableBuilder): grafana.QueryVariableBuilder {
  return variable.multi(true).includeAll(true).allValue(".+").current({ text: "All", value: "$__all", selected: true });
}

function jobVariable(): grafana.QueryVariableBuilder {
  const query = `label_values(${metricName("superviseLast")}, job)`;
  return withAll(fromPrometheus("job", query).label("Job").description("`job` of a scrape, `service.name` over OTLP."));
}

function peerVariable(peers: "one" | "many"): grafana.QueryVariableBuilder {
  const variable = fromPrometheus("peer", `label_values(${select("peers")}, ${PEER})`).label(peers === "one" ? "Peer" : "Peers");
  return peers === "one" ? variable.multi(false).includeAll(false) : withAll(variable);
}

function otherDashboards(): DashboardLink {
  const { placement: _inMenu, ...link } = new grafana.DashboardLinkBuilder("iapeer")
    .type(grafana.DashboardLinkType.Dashboards)
    .icon("external link")
    .tooltip("The other dashboards of the fleet")
    .tags([TAG])
    .includeVars(true)
    .keepTime(true)
    .build();
  return link;
}
