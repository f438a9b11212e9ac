/** Messages: the durable inbox of each identity, receipts, limits, and which identity a message is for (lifecycle §10). */
export * from "./inbox.ts";
export * from "./limits.ts";
export * from "./receipts.ts";
