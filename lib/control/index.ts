/** How verbs reach the daemon: requests and answers over its local socket (lifecycle §13). */
export { type CallOptions, type ControlClient, controlClient } from "./client.ts";
export { type CreateRequest, createPeer, createRequest } from "./create-peer.ts";
export { type DecisionFeed, decisionFeed } from "./feed.ts";
export type { LineSplitter } from "./lines.ts";
export { type Connection, controlAddressPath, controlSocketPath, PROTOCOL } from "./protocol.ts";
export { type ReceiptFeed, receiptFeed } from "./receipts.ts";
export { serveControl } from "./server.ts";
export type { DaemonAbout, PeerOverview, VerbParts } from "./verbs.ts";
