/** Durable multi-step changes over the disk port: what the lifecycle writes goes through here (lifecycle §3). */
export { folderOf, joinPath, nameOf } from "./paths.ts";
export { ensureFolder, quarantine, removeFile, replaceFile } from "./steps.ts";
export { createStorage, type Storage } from "./storage.ts";
export { sweepTemporary, type TemporaryNames, targetOfTemporary, temporaryNames } from "./temporary.ts";
