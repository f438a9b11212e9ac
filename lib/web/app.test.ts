import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { webApp } from "./app.ts";
import { ASSETS } from "./assets.ts";
import type { FleetView } from "./fleet-view.ts";
import { createHub } from "./hub.ts";

const HOST = { host: "127.0.0.1:8765" };
const TOKEN = "right-token-right-token-right-token";
const COOKIE = `iapeer-8765=${TOKEN}`;

interface Asked {
  readonly headers?: Record<string, string>;
  readonly method?: string;
  readonly scrape?: (() => Promise<string>) | null;
}

const calls: unknown[] = [];
const defects: unknown[] = [];
const hub = createHub({ clients: 2, waiting: 10 });
const view: FleetView = {
  follow: (from) => {
    calls.push(["follow", from]);
    return hub.join([{ event: "hello", data: { text: "a\nb </script>" } }]);
  },
  decisions: (query) => {
    calls.push(query);
    return { rows: [], more: false };
  },
  history: (span) => {
    if (span === "week") throw new Error("broken");
    return { span, from: 0, width: 1, buckets: 0, causes: [], wake: [], launch: [], delivery: [], note: "" };
  },
  close: () => {},
};

function ask(path: string, { headers = HOST, method = "GET", scrape = async () => "up 1\n" }: Asked = {}): Promise<Response> {
  const app = webApp({
    ...{ token: TOKEN, port: () => 8765, view, scrape, onDefect: (error: unknown) => void defects.push(error) },
    readAsset: async (name) => (name === "missing" ? null : `<${name}>`),
  });
  return Promise.resolve(app.request(path, { method, headers }));
}
const known = (more: Record<string, string> = {}): Asked => ({ headers: { ...HOST, cookie: COOKIE, ...more } });

const DATA = ["/events", "/api/history", "/api/decisions"];
const ALL = ["/", "/health", "/metrics", "/assets/main.js", "/nothing", ...DATA];

describe("who may ask", () => {
  test.for(["127.0.0.1", "127.0.0.1:8765", "localhost:9", "LOCALHOST", "[::1]:80"])("%s is the loopback", async (host) => {
    expect((await ask("/health", { headers: { host } })).status).toBe(200);
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
  ])("a page that calls us %j is refused everywhere, with the cookie too", async (host) => {
    for (const path of [...ALL, `/?token=${TOKEN}`]) {
      const answer = await ask(path, known({ host }));
      expect([path, answer.status, answer.headers.get("set-cookie")]).toEqual([path, 403, null]);
    }
  });

  test("without a Host header there is no answer", async () => {
    expect((await ask("/health", { headers: {} })).status).toBe(403);
  });
});

describe("every answer", () => {
  test.for(ALL)("%s is not stored, not framed, not shared, and runs no script of its own", async (path) => {
    const { headers, body } = await ask(path, known({ origin: "http://evil.example" }));
    await body?.cancel();
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test.for(["/nothing", "/health/", "/metrics/x", "/..%2f..%2fetc/passwd", "/%00", "/api", "/api/peers", "/index.html"])(
    "%s is not there",
    async (path) => {
      expect((await ask(path, known())).status).toBe(404);
    },
  );

  test.for(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s is no method of ours", async (method) => {
    for (const path of ["/", "/metrics", "/assets/main.js", ...DATA]) {
      const answer = await ask(path, { ...known(), method });
      expect([path, answer.status, answer.headers.get("allow")]).toEqual([path, 405, "GET, HEAD"]);
    }
  });
});

describe("the token", () => {
  test("is exchanged for a cookie that no script reads and no other site sends, and leaves the address", async () => {
    const answer = await ask(`/?token=${TOKEN}`);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    expect(answer.headers.get("set-cookie")).toBe(`${COOKIE}; Path=/; HttpOnly; SameSite=Strict`);
  });

  test("the cookie opens the page", async () => {
    const answer = await ask("/", known());
    expect([answer.status, await answer.text()]).toEqual([200, "<index.html>"]);
  });

  test.for([
    ["/", {}],
    ["/?token=", {}],
    ["/?token=wrong", {}],
    [`/?token=${TOKEN}x`, {}],
    ["/", { cookie: "iapeer-8765=wrong" }],
    ["/", { cookie: "iapeer-8765=" }],
    ["/", { cookie: `iapeer-9999=${TOKEN}` }],
    ["/", { authorization: `Bearer ${TOKEN}` }],
  ] as const)("%s with %j gets the page that says how to get a link", async ([path, headers]) => {
    const answer = await ask(path, { headers: { ...HOST, ...headers } });
    expect([answer.status, await answer.text(), answer.headers.get("set-cookie")]).toEqual([401, "<no-token.html>", null]);
  });

  test("a link that was clicked on another site asks once more, and no further", async () => {
    for (const site of ["cross-site", "same-site"]) {
      expect(await (await ask("/", known({ "sec-fetch-site": site }))).text()).toBe("<once-more.html>");
      expect((await ask("/", { headers: { ...HOST, "sec-fetch-site": "same-origin" } })).status).toBe(401);
    }
  });

  test.for(DATA)("%s needs it, and a page of ours that asks", async (path) => {
    expect((await ask(path)).status).toBe(401);
    expect((await ask(`${path}?token=${TOKEN}`)).status).toBe(401);
    for (const site of ["cross-site", "same-site"]) expect((await ask(path, known({ "sec-fetch-site": site }))).status).toBe(401);
    for (const site of ["same-origin", "none"]) {
      const answer = await ask(path, known({ "sec-fetch-site": site }));
      await answer.body?.cancel();
      expect(answer.status).toBe(200);
    }
  });
});

describe("/assets", () => {
  test("every file of the page is served, and nothing else is", () => {
    const folder = readdirSync(new URL("page/", import.meta.url));
    const pages = ["index.html", "no-token.html", "once-more.html", "tsconfig.json"];
    const served = [...ASSETS.keys()].filter((name) => !name.startsWith("uPlot."));
    expect(served.sort()).toEqual(folder.filter((name) => !pages.includes(name)).sort());
  });

  test.for([
    ["main.js", "text/javascript; charset=utf-8"],
    ["view.css", "text/css; charset=utf-8"],
    ["icon.svg", "image/svg+xml"],
  ])("%s comes as %s", async ([name, type]) => {
    const answer = await ask(`/assets/${name}`);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([200, type, `<${name}>`]);
  });

  test.for([
    "../../../package.json",
    "..%2f..%2f..%2fpackage.json",
    "%2e%2e%2fguard.ts",
    "..%5c..%5cpackage.json",
    "%2fetc%2fpasswd",
    "main.js%00",
    "tsconfig.json",
    "index.html",
    "constructor",
    "",
  ])("%s leads nowhere", async (name) => {
    expect((await ask(`/assets/${name}`)).status).toBe(404);
  });
});

describe("what the page asks for", () => {
  test("the span of the charts is one of three", async () => {
    expect(await (await ask("/api/history?span=hour", known())).json()).toMatchObject({ span: "hour" });
    const answer = await ask("/api/history?span=year", known());
    expect([answer.status, await answer.text()]).toEqual([400, 'span is "year": accepted are hour, day, week\n']);
  });

  test("decisions by peer, event and place, not too many at once", async () => {
    calls.length = 0;
    await ask("/api/decisions?who=demo-a&ev=wake&before=s-3&limit=7", known());
    await ask("/api/decisions?who=&ev=", known());
    expect(calls).toEqual([
      { who: "demo-a", ev: "wake", before: "s-3", limit: 7 },
      { who: null, ev: null, before: null, limit: 100 },
    ]);
    for (const limit of ["0", "501", "-1", "1e9", "x"]) {
      const answer = await ask(`/api/decisions?limit=${limit}`, known());
      expect([answer.status, await answer.text()]).toEqual([400, `limit is "${limit}": accepted is a whole number from 1 to 500\n`]);
    }
  });

  test("what goes wrong inside is said, told to who runs the daemon, and ends nothing", async () => {
    defects.length = 0;
    const answer = await ask("/api/history?span=week", known());
    expect([answer.status, await answer.text(), defects.length]).toEqual([500, "that went wrong: broken\n", 1]);
  });
});

describe("the stream", () => {
  test("is one event per line of JSON, with ids to go on from; hostile texts stay inside", async () => {
    const answer = await ask("/events", known());
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('event: hello\ndata: {"text":"a\\nb </script>"}\n\n');
    hub.publish({ event: "decision", data: 1, id: "s-1" });
    expect((await reader?.read())?.value).toBe("event: decision\ndata: 1\nid: s-1\n\n");
    await reader?.cancel();
    expect(hub.size).toBe(0);
  });

  test.for([
    ["?from=stage-12", {}, "stage-12"],
    ["", { "last-event-id": "stage-12" }, "stage-12"],
    ["?from=stage-1", { "last-event-id": "stage-12" }, "stage-12"],
    ["?from=..%2f..", {}, null],
    ["?from=stage-1%0a", {}, null],
    ["", {}, null],
  ] as const)("%s %j goes on after %j", async ([query, headers, from]) => {
    calls.length = 0;
    const answer = await ask(`/events${query}`, known(headers));
    await answer.body?.cancel();
    expect(calls).toEqual([["follow", from]]);
  });

  test("too many that look on are told so", async () => {
    const open = [await ask("/events", known()), await ask("/events", known())];
    expect((await ask("/events", known())).status).toBe(503);
    for (const { body } of open) await body?.cancel();
    expect(hub.size).toBe(0);
  });

  test("who only asks for the head begins no stream", async () => {
    expect((await ask("/events", { ...known(), method: "HEAD" })).status).toBe(200);
    expect(hub.size).toBe(0);
  });
});

describe("/metrics", () => {
  test("is the text of whoever collects them, without a token", async () => {
    const answer = await ask("/metrics");
    expect([answer.status, await answer.text()]).toEqual([200, "up 1\n"]);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  });

  test("says how to switch them on", async () => {
    const answer = await ask("/metrics", { scrape: null });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/^telemetry: \{ metrics: true \}$[\s\S]*OTEL_METRICS_EXPORTER=prometheus/m);
  });

  test("a scrape that fails is said so, and is nobody's crash", async () => {
    defects.length = 0;
    const answer = await ask("/metrics", { scrape: () => Promise.reject(new Error("no reader")) });
    expect([answer.status, await answer.text(), defects]).toEqual([500, "the metrics cannot be collected: no reader\n", []]);
  });
});
