import { expect, test } from "vitest";
import { composeEnvelope } from "../../envelope.ts";
import { replyTo, subjectOf, thinkingTime } from "./replies.ts";

const first = composeEnvelope({ id: "1", from: "boss", topic: "night build", text: "look at it" });

test("a first message is called that, by its sender and topic", () => {
  expect(replyTo([first])).toBe('Thank you, boss. This is the first message of our conversation, about "night build".');
});

test("later replies show that the earlier messages are remembered", () => {
  expect(replyTo([first, "hello there", first, "and now?"])).toBe(
    'Thank you. This is the 4th message of our conversation. Before it we spoke about "night build", "hello there".',
  );
});

test("a long message is named by how it begins", () => {
  expect(subjectOf("one two three four five six seven")).toBe("one two three four five six …");
});

test("thinking takes the usual time unless the message says otherwise", () => {
  expect(thinkingTime("hello", 800)).toBe(800);
  expect(thinkingTime("please think for 2.5 s", 800)).toBe(2_500);
});
