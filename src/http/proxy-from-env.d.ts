// The package brings no types of its own. Nothing but its declaration belongs here.
declare module 'proxy-from-env' {
  /** '' when the address is to be reached directly. */
  export function getProxyForUrl(url: string | URL): string;
}
