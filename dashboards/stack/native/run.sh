#!/usr/bin/env bash
# The same stack without containers: starts whatever of it is installed, on 127.0.0.1, and ends it all with Ctrl-C.
# Paths of the programs are settings: PROMETHEUS, COLLECTOR, TEMPO, LOKI, GRAFANA (the `grafana` program) with GRAFANA_HOME. Data lie in IAPEER_STACK_DATA.
set -u
cd "$(dirname "$0")" || exit 1
stack=$(cd .. && pwd)
: "${IAPEER_ROOT:=$HOME/.iapeer}" "${PROMETHEUS:=prometheus}" "${COLLECTOR:=otelcol-contrib}" "${TEMPO:=tempo}" "${LOKI:=loki}"
: "${GRAFANA:=grafana}" "${GRAFANA_HOME:=/usr/share/grafana}"
export IAPEER_STACK_DATA=${IAPEER_STACK_DATA:-$PWD/.data} IAPEER_STACK_LISTEN=127.0.0.1 IAPEER_LOGS=$IAPEER_ROOT/logs/iapeer
export IAPEER_STACK_PROMETHEUS=http://127.0.0.1:9090 IAPEER_STACK_LOKI=http://127.0.0.1:3100
export IAPEER_STACK_TEMPO=http://127.0.0.1:4418 IAPEER_STACK_TEMPO_QUERY=http://127.0.0.1:3200 IAPEER_DASHBOARDS=$stack/../json
export GF_SERVER_HTTP_ADDR=127.0.0.1 GF_PATHS_PROVISIONING=$stack/grafana/provisioning GF_PATHS_DATA=$IAPEER_STACK_DATA/grafana
export GF_AUTH_ANONYMOUS_ENABLED=true GF_AUTH_ANONYMOUS_ORG_ROLE=Editor GF_AUTH_DISABLE_LOGIN_FORM=true GF_ANALYTICS_REPORTING_ENABLED=false
export GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH=$IAPEER_DASHBOARDS/wake-causes.json
mkdir -p "$IAPEER_STACK_DATA" || exit 1
pids=()

start() {
  local program=$1
  shift
  if ! command -v "$program" >/dev/null; then
    printf 'left out: %s is not installed (or set its path, see the head of this file)\n' "$program"
    return
  fi
  "$program" "$@" >"$IAPEER_STACK_DATA/$(basename "$program").out" 2>&1 &
  pids+=($!)
  printf 'started %s, pid %s, output in %s\n' "$program" $! "$IAPEER_STACK_DATA/$(basename "$program").out"
}

trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done' EXIT
trap 'exit 0' INT TERM

prometheus=(--config.file="$PWD/prometheus.yaml" --storage.tsdb.path="$IAPEER_STACK_DATA/prometheus" --web.listen-address=127.0.0.1:9090)
# For metrics made of spans; releases before 2.47 have no such receiver and go without.
"$PROMETHEUS" --help 2>&1 | grep -q -- --web.enable-otlp-receiver && prometheus+=(--web.enable-otlp-receiver --enable-feature=exemplar-storage)
start "$PROMETHEUS" "${prometheus[@]}"
start "$TEMPO" -config.file="$stack/tempo/tempo.yaml" -config.expand-env=true
start "$LOKI" -config.file="$stack/loki/loki.yaml" -config.expand-env=true
start "$COLLECTOR" --config="$stack/collector/config.yaml"
start "$GRAFANA" server --homepath "$GRAFANA_HOME"
[ ${#pids[@]} -gt 0 ] || exit 1
wait
