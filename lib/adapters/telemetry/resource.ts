import { randomUUID } from "node:crypto";
import {
  defaultResource,
  detectResources,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import type { Environment } from "../../config/index.ts";
import { said, words } from "../../telemetry/switches.ts";
import { withVariables } from "./variables.ts";

/** Never the process by default: its command line and its owner would be sent with everything. */
const DETECTORS: Readonly<Record<string, readonly ResourceDetector[]>> = { host: [hostDetector, osDetector], process: [processDetector] };
const DEFAULT_DETECTORS = ["service", "host"];

/**
 * Who sends: name, version, instance and host, in their standard order of precedence (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
 * detectors, ours). Its attributes are all there when it is given out.
 */
export async function describeDaemon(env: Environment, version: string): Promise<Resource> {
  const named = words(env, "OTEL_NODE_RESOURCE_DETECTORS");
  const names = named.length === 0 ? DEFAULT_DETECTORS : named.includes("all") ? ["service", "host", "process"] : named;
  const own = { "service.name": "iapeer", "service.version": version };
  const instance = names.includes("service") ? { "service.instance.id": randomUUID() } : {};
  const detected = detectResources({ detectors: names.flatMap((name) => DETECTORS[name] ?? []) });
  await detected.waitForAsyncAttributes?.();
  const given = withVariables(env, () => detectResources({ detectors: [resourceAttributesEnvDetector] }));
  const serviceName = said(env, "OTEL_SERVICE_NAME");
  return defaultResource()
    .merge(resourceFromAttributes({ ...own, ...instance }))
    .merge(detected)
    .merge(given)
    .merge(resourceFromAttributes(serviceName === undefined ? {} : { "service.name": serviceName }));
}
