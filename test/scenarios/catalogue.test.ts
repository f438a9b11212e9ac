/** The catalogue as tests, exactly as a user's own project would run it. */
import { scenarios } from "../../sim/vitest/index.ts";

scenarios("scenarios/**/*.yaml");
