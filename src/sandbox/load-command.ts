// What a load tester's command line asks for: `hey -z 1m -q 10 -c 2 http://podinfo-canary.test:9898/` is 20 requests a second for a minute.
// It must not run it.
import { parseDuration } from '../common/duration.ts';
import { serviceNamed } from './hosts.ts';
import type { Load } from './prom/traffic.ts';

interface Tool {
  /** Flags: how long, how many requests, how many workers. */
  readonly time: readonly string[];
  readonly count: readonly string[];
  readonly workers: readonly string[];
  /** Requests a second, of each worker or of all. */
  readonly rate: readonly string[];
  readonly isRatePerWorker: boolean;
}

const TOOLS: Record<string, Tool> = {
  hey: { time: ['-z'], count: ['-n'], workers: ['-c'], rate: ['-q'], isRatePerWorker: true },
  ghz: { time: ['-z', '--duration'], count: ['-n', '--total'], workers: [], rate: ['-q', '-r', '--rps'], isRatePerWorker: false },
  wrk: { time: ['-d'], count: [], workers: [], rate: ['-R'], isRatePerWorker: false },
  fortio: { time: ['-t'], count: ['-n'], workers: [], rate: ['-qps'], isRatePerWorker: false },
};

/** Without a rate a tool sends as fast as it can; here that is so much. */
const usualRate = 100;
/** More than a simulation should count one by one. */
const largestRate = 1000;
/** hey's own number of workers. */
const usualWorkers = 50;
const usualTime = 10_000;
const longestTime = 3_600_000;

/** Undefined: no tool that makes load, or no Service of the cluster that it is made on. */
export function loadOf(command: string, namespace: string): Load | undefined {
  const all = wordsOf(command);
  const at = all.findIndex((word) => Object.hasOwn(TOOLS, nameOf(word)));
  const tool = TOOLS[nameOf(all[at] ?? '')];
  const words = all.slice(at + 1);
  const url = addressOf(words);
  const host = url && serviceNamed(url.hostname, namespace);
  if (!tool || !url || !host) return undefined;
  const headers = headersOf(words);
  const path = url.pathname === '/' ? {} : { path: url.pathname };
  return { host, ...paceOf(tool, words), ...path, ...(Object.keys(headers).length ? { headers } : {}) };
}

function paceOf(tool: Tool, words: readonly string[]): Pick<Load, 'rps' | 'forMs'> {
  const number = (flags: readonly string[], usual: number): number => positive(Number(valuesOf(words, flags)[0])) ?? usual;
  const rate = number(tool.rate, 0) * (tool.isRatePerWorker ? number(tool.workers, usualWorkers) : 1);
  const rps = Math.min(rate || usualRate, largestRate);
  const asked = positive(parseDuration(valuesOf(words, tool.time)[0] ?? ''));
  const counted = (number(tool.count, 0) / rps) * 1000 || usualTime;
  return { rps, forMs: Math.min(asked ?? counted, longestTime) };
}

/** -H 'X-Canary: insider' and -host app.example.com */
function headersOf(words: readonly string[]): Record<string, string> {
  const fields = valuesOf(words, ['-H', '--header']).flatMap((text) => {
    const [, name = '', value = ''] = /^([^:\s]+)\s*:\s*(.*)$/.exec(text) ?? [];
    return name ? [[name.toLowerCase(), value] as const] : [];
  });
  return Object.fromEntries(fields);
}

/** Words as a shell would tell them apart: quotes hold words together. */
function wordsOf(command: string): string[] {
  return (command.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replace(/["']/g, ''));
}

function nameOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

/** '-q 10' and '-q=10'. */
function valuesOf(words: readonly string[], flags: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const [flag = '', joined] = word.split('=', 2);
    return flags.includes(flag) ? [joined ?? words[at + 1] ?? ''] : [];
  });
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
}

/** The last word that is one; a command may go on after it (&& …). */
function addressOf(words: readonly string[]): URL | undefined {
  const last = words.findLast((word) => /^https?:\/\//.test(word)) ?? words.at(-1) ?? '';
  const url = /^https?:\/\//.test(last) ? last : `http://${last}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
