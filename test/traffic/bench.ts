// What the tests of this ring run on, as main.ts leaves it for them in a file.
import { readFileSync } from 'node:fs';
import type { Cluster } from '../cluster/cluster.ts';
import type { ProxyOptions } from './proxy.ts';

export interface Bench {
  readonly cluster: Cluster;
  /** Of the control plane's processes, by program. */
  readonly pids: Readonly<Record<string, number>>;
  /** How the proxy was started, so that a test can start it again; its process is the one of the file `proxyPid`. */
  readonly proxy: ProxyOptions;
  readonly proxyPid: string;
  /** The bundled load client. */
  readonly client: string;
  /** Records of requests, logs of drivers. */
  readonly folder: string;
  /** Twelve kills where it is not asked to be long. */
  readonly kills: number;
}

export function benchUnderTest(): Bench {
  const file = process.env['CANARY_BENCH'];
  if (!file) throw new Error('nothing to test on: npm run test:traffic starts it');
  return JSON.parse(readFileSync(file, 'utf8')) as Bench;
}
