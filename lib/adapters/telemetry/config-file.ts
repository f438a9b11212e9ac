import type { Environment } from "../../config/index.ts";
import { reasonOf } from "../../model/errors.ts";
import { withVariables } from "./variables.ts";

/** What is wrong with a declarative file (`OTEL_CONFIG_FILE`); null when the SDK can read it. */
export async function configFileProblem(path: string, variables: Environment): Promise<string | null> {
  const { parseConfigFile } = await import("@opentelemetry/configuration");
  try {
    withVariables(variables, () => parseConfigFile(path));
    return null;
  } catch (error) {
    return reasonOf(error).replaceAll(/\s+/g, " ").trim();
  }
}
