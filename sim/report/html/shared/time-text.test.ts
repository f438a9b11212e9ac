import { expect, test } from "vitest";
import { clockText, spanText } from "./time-text.ts";

test("clock readings show no more than there is", () => {
  expect([0, 3_120, 63_000, 3_600_010, 187_200_000].map(clockText)).toEqual(["0:00", "0:03.12", "1:03", "1:00:00.01", "2d 4:00:00"]);
});

test("spans have their two largest units", () => {
  const spans = [0, 50, 3_120, 20_000, 59_600, 3_576_000, 7_140_000, 28_800_000, 93_600_000].map(spanText);
  expect(spans).toEqual(["0ms", "50ms", "3.1s", "20s", "60s", "59m36s", "1h59m", "8h", "1d2h"]);
});
