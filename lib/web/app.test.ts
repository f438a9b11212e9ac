import { describe, expect, test } from "vitest";
import { webApp } from "./app.ts";

const defects: unknown[] = [];
const app = (scrape: (() => Promise<string>) | null = null) => webApp({ scrape, onDefect: (error) => void defects.push(error) });
const get = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  app(async () => "up 1\n").request(path, { ...init, headers: { host: "127.0.0.1:8765", ...headers } });

describe("who may ask", () => {
  test.for(["127.0.0.1", "127.0.0.1:8765", "localhost:9", "LOCALHOST", "[::1]:80"])("%s is the loopback", async (host) => {
    expect((await get("/health", { host })).status).toBe(200);
  });

  test.for([
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8765",
    "localhost.evil",
    "127.0.0.1:8765:9",
    "0.0.0.0",
    "127.0.0.2",
    "",
  ])("a page that calls us %j is refused, also by /metrics", async (host) => {
    for (const path of ["/health", "/metrics", "/nothing"]) {
      const answer = await get(path, { host });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(await answer.text()).not.toContain("up 1");
    }
  });

  test("without a Host header there is no answer", async () => {
    expect((await app().request("/health")).status).toBe(403);
  });
});

describe("every answer", () => {
  test.for(["/health", "/metrics", "/nothing"])("%s is not stored, not framed, not shared, and runs no script of its own", async (path) => {
    const { headers } = await get(path, { origin: "http://evil.example" });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test.for(["/nothing", "/health/", "/metrics/x", "/..%2f..%2fetc/passwd", "/%00"])("%s is not there", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test.for(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s is no method of ours", async (method) => {
    const answer = await get("/metrics", {}, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});

describe("/metrics", () => {
  test("is the text of whoever collects them", async () => {
    const answer = await get("/metrics");
    expect([answer.status, await answer.text()]).toEqual([200, "up 1\n"]);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  });

  test("says how to switch them on", async () => {
    const answer = await app().request("/metrics", { headers: { host: "localhost" } });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/^telemetry: \{ metrics: true \}$[\s\S]*OTEL_METRICS_EXPORTER=prometheus/m);
  });

  test("a scrape that fails is said so, and is nobody's crash", async () => {
    const answer = await app(() => Promise.reject(new Error("no reader"))).request("/metrics", { headers: { host: "localhost" } });
    expect([answer.status, await answer.text()]).toEqual([500, "the metrics cannot be collected: no reader\n"]);
    expect(defects).toEqual([]);
  });
});
