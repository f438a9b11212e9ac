import { expect, test } from "vitest";
import { isoTime } from "../../lib/model/time.ts";
import { createImporter } from "./importer.ts";
import { scenarioText, TooLarge } from "./write.ts";

function imported(lines: number, field = "") {
  const importer = createImporter();
  for (let index = 0; index < lines; index += 1)
    importer.take({ ts: isoTime(1_767_225_600_000 + index * 60_000), ev: "interrupt", identity: `demo-scout${field}` });
  const made = importer.finish();
  if (made === null) throw new Error("nothing imported");
  return made;
}

test("what is more than one scenario can hold is one error that says what to do", () => {
  const text = scenarioText(imported(2_000), { source: "a log" });
  expect(text.length).toBeGreaterThan(200_000);
  const refusal = (lines: number): unknown => {
    try {
      return scenarioText(imported(lines, "-of-a-name-that-is-long"), { source: "a log" }).length;
    } catch (error) {
      return error;
    }
  };
  expect(refusal(12_000)).toBeInstanceOf(TooLarge);
  expect(String(refusal(12_000))).toMatch(/a scenario of 12001 inputs and 12000 decisions is larger than 1 MiB: take one peer/);
  expect(String(refusal(20_000))).toMatch(/20001 inputs; a scenario holds at most 20000/);
});
