/** Port of the view when nobody chose another. */
export const USUAL_PORT = 8765;

/** Holds the token of the daemon that runs, for its owner alone (0600). */
export function tokenPath(root: string): string {
  return `${root}/state/iapeer/web-token`;
}

/** What a person opens: the token is exchanged for a cookie and leaves the address bar. */
export function viewLink(address: string, token: string): string {
  return `${address}/?token=${token}`;
}
