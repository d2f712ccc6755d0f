// How connections are opened: directly or through a proxy, and never to a blocked address. What is said over them
// is not decided here.
import { lookup, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, type LookupFunction, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import { getProxyForUrl } from 'proxy-from-env';
import type { Dial, Millis } from '../ports.ts';
import { isBlocked } from './address.ts';

/** A proxy that takes CONNECT and then says nothing is given up after so long. What comes later may take its time. */
const patienceWithProxy: Millis = 10_000;

/** Every address of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface AgentOptions {
  readonly resolve: Resolve;
  readonly insecure: boolean;
  /** Of the request: with it ends also the wait for a proxy. */
  readonly signal: AbortSignal;
  /** Named by the request, so held to the same rules as its address; the environment's proxy is the machine owner's own choice. */
  readonly proxy?: string;
  readonly dial?: Dial;
}

export function resolveBySystem(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

/** The agent that opens the connection for `url`; rejects when it would lead to a blocked address. */
export async function agentFor(url: URL, options: AgentOptions): Promise<HttpAgent | HttpsAgent> {
  // An address in the URL itself never meets the lookup below.
  refuse(url.hostname);
  if (options.dial) return dialling(url, options.dial, options);
  const own = options.proxy ? ownProxy(options.proxy) : undefined;
  const proxy = own ?? getProxyForUrl(url);
  const tls = { rejectUnauthorized: !options.insecure };
  if (!proxy) {
    const hook = { lookup: guarded(options.resolve) };
    return url.protocol === 'https:' ? new HttpsAgent({ ...hook, ...tls }) : new HttpAgent(hook);
  }
  await refuseBehindProxy(url.hostname, options.resolve);
  // Its types do not say so, but hpagent hands these on to the request that opens the tunnel.
  const proxyRequestOptions: object = { signal: options.signal, ...(own && { lookup: guarded(options.resolve) }) };
  const through = { proxy, timeout: patienceWithProxy, proxyRequestOptions };
  return url.protocol === 'https:' ? new HttpsProxyAgent({ ...through, ...tls }) : new HttpProxyAgent(through);
}

/** Node takes the TLS name and the Host header from the address, so only the connection itself is led elsewhere. */
function dialling(url: URL, { host, port }: Dial, { resolve, insecure }: AgentOptions): HttpAgent | HttpsAgent {
  refuse(host);
  const to = { host, port, lookup: guarded(resolve) };
  const tls = { rejectUnauthorized: !insecure };
  return url.protocol === 'https:'
    ? Object.assign(new HttpsAgent(tls), { createConnection: (options: ConnectionOptions) => connectTls({ ...options, ...to }) })
    : Object.assign(new HttpAgent(), { createConnection: (options: TcpNetConnectOpts) => connect({ ...options, ...to }) });
}

/** An address in the proxy's own URL never meets the lookup either. */
function ownProxy(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new Error('the proxy is no http or https address');
  refuse(url.hostname);
  return url;
}

/** The addresses that are checked are the very ones that are connected to: a name that changes its mind gains nothing. */
function guarded(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const wanted = addresses.filter((each) => !options.family || each.family === Number(String(options.family).replace('IPv', '')));
        const [first] = wanted;
        const blocked = addresses.find((each) => isBlocked(each.address));
        if (blocked) callback(refusal(`${hostname} (${blocked.address})`), '', 0);
        else if (!first) callback(new Error(`no address for ${hostname}`), '', 0);
        else if (options.all) callback(null, [...wanted]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
}

/** The proxy resolves the name once more, so this look is only as good as our resolver; a name that only the proxy knows passes. */
async function refuseBehindProxy(hostname: string, resolve: Resolve): Promise<void> {
  const addresses = await resolve(hostname.replace(/^\[|\]$/g, '')).catch(() => []);
  for (const { address } of addresses) refuse(address);
}

function refuse(address: string): void {
  if (isBlocked(address)) throw refusal(address);
}

function refusal(address: string): Error {
  return new Error(`refused to connect to ${address}: a link-local or metadata address`);
}
