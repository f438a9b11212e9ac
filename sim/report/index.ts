/** Reports of runs: for a terminal, for tools (JSON), for CI (JUnit, TAP). Pure: results in, text out. */
export { failureText, rerunCommand, undecidedText } from "./failure-text.ts";
export { jsonReport } from "./json.ts";
export { junitReport } from "./junit.ts";
export { resultDetails, resultLine, summaryText } from "./pretty.ts";
export { tapReport } from "./tap.ts";
export { PLAIN, type Theme, themeOf } from "./theme.ts";
