import { expect, test } from "vitest";
import { formatContext, parseContext } from "./context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test.for([
  ["01", 1],
  ["00", 0],
  ["03", 1],
] as const)("flags %s", ([flags, traceFlags]) => {
  expect(parseContext(`00-${TRACE}-${SPAN}-${flags}`)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true });
});

test.for([
  null,
  undefined,
  "",
  "x",
  `01-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-01\n`,
  ` 00-${TRACE}-${SPAN}-01`,
])("%j is no context", (text) => {
  expect(parseContext(text)).toBeNull();
});

test("what is written is read as it was", () => {
  for (const traceFlags of [0, 1]) {
    const text = formatContext({ traceId: TRACE, spanId: SPAN, traceFlags });
    expect(text).toBe(`00-${TRACE}-${SPAN}-0${traceFlags}`);
    expect(parseContext(text)).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags });
  }
});
