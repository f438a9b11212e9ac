import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { secureHeaders } from "hono/secure-headers";
import { timingSafeEqual } from "hono/utils/buffer";

/**
 * Who may look. The listener is reachable by every program of this machine and by every web page that its browsers show, so: names other than
 * the loopback's are refused (a page that rebinds its own name to 127.0.0.1 still says its own name), nothing is ever shared across origins,
 * and the fleet is shown only to who holds the token of this start.
 */
export interface Guard {
  /** Accepts the token of a link: remembers it in a cookie that scripts cannot read and other sites cannot send. */
  admit(c: Context, token: string): Promise<boolean>;
  /** Does this request come from our own page, with the cookie? */
  knows(c: Context): Promise<boolean>;
  /** Asked from a page of somebody else's. */
  isForeign(c: Context): boolean;
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** Is that what a browser of this machine calls us? Another port is fine: it may have been forwarded. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK.test(host);
}

/** Cookies do not tell ports apart: each listener has a name of its own, so that two daemons do not take turns. */
export function createGuard(token: string, port: () => number): Guard {
  const nameOf = (): string => `iapeer-${port()}`;
  return {
    isForeign,
    admit: async (c, given) => {
      if (!(await timingSafeEqual(given, token))) return false;
      setCookie(c, nameOf(), token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return true;
    },
    knows: async (c) => !isForeign(c) && (await timingSafeEqual(getCookie(c, nameOf()) ?? "", token)),
  };
}

/** Browsers say who asks: another port of this machine counts as the same site for cookies, but not for us. */
function isForeign(c: Context): boolean {
  const site = c.req.header("sec-fetch-site");
  return site === "cross-site" || site === "same-site";
}

/** Every answer: from our own origin only, never stored, never framed. */
export const headers: MiddlewareHandler[] = [
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    crossOriginResourcePolicy: "same-origin",
    crossOriginOpenerPolicy: "same-origin",
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
    strictTransportSecurity: false,
  }),
  async (c, next) => {
    await next();
    c.res.headers.set("Cache-Control", "no-store");
  },
];

/** Refuses requests that were made for another name. */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (isLoopbackHost(c.req.header("host"))) return next();
  return c.text("this address answers to 127.0.0.1 and localhost only\n", 403);
};
