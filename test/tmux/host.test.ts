import { hostConformance } from "../conformance/host.ts";
import { tmuxHarness } from "./harness.ts";

hostConformance("tmux", tmuxHarness);
