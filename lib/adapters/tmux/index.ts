/** Agent sessions on tmux: the real session host and its terminals (lifecycle §6, §9). */
export { type TmuxHostOptions, tmuxHost } from "./host.ts";
