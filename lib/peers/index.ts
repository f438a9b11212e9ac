/** Peers: their names, profiles and registry, and who else may own them (lifecycle §2, §3, §5). */
export { nameTaken, type PeerDirectory, type ProfileReading, peerDirectory } from "./directory.ts";
export { type Manager, type ManagerFolders, type Managers, unitFileManagers } from "./managers.ts";
export { profilePath, readProfile, writeProfile } from "./profile.ts";
export { type RegistryEntry, registryPath } from "./registry.ts";
export { personalityOfFolder } from "./slug.ts";
