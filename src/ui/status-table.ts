// Status items as tables and documents: kubectl's columns, ours in wide, and the versioned JSON. Reads items only, never the cluster.
import yaml from 'js-yaml';
import { cleanText } from '../common/clean.ts';
import { cut, tableLines } from './table.ts';
import { age } from './time.ts';
import { paintOf, type Paint } from './colour.ts';
import type { StatusItem } from './views.ts';

export type StatusFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name';
export const statusFormats: readonly StatusFormat[] = ['table', 'wide', 'json', 'yaml', 'name'];

export interface Look {
  /** Without it the NAMESPACE column is left out, as kubectl does. */
  readonly withNamespace: boolean;
  readonly now: number;
  readonly paint: Paint;
}

interface Column {
  readonly head: string;
  readonly cell: (item: StatusItem, look: Look) => string;
}

const namespace: Column = { head: 'NAMESPACE', cell: (item) => item.namespace };
const plain: readonly Column[] = [
  { head: 'NAME', cell: (item) => item.name },
  { head: 'STATUS', cell: (item, look) => painted(statusWord(item), look.paint) },
  { head: 'WEIGHT', cell: (item) => String(item.weight) },
  { head: 'LASTTRANSITIONTIME', cell: (item) => item.lastTransitionTime },
];
const step: Column = { head: 'STEP', cell: (item) => (item.steps > 0 ? `${item.step}/${item.steps}` : '-') };
const failedChecks: Column = { head: 'FAILEDCHECKS', cell: (item) => String(item.failedChecks) };
const why: Column = { head: 'WHY', cell: (item) => cleanText(item.why, 300) };
const ours: readonly Column[] = [
  step,
  failedChecks,
  { head: 'REVISION', cell: (item) => item.revision || '-' },
  { head: 'TARGET', cell: (item) => item.target },
  { head: 'DRIVER', cell: driver },
  why,
];
/** The live view, the least needed last but one: what does not fit is dropped from the right, WHY stays. */
const live: readonly Column[] = [
  { head: 'NAME', cell: (item) => item.name },
  { head: 'STATUS', cell: (item) => statusWord(item) },
  { head: 'WEIGHT', cell: (item) => String(item.weight) },
  step,
  failedChecks,
  { head: 'SINCE', cell: (item, look) => sinceOf(item, look.now) },
  { head: 'DRIVER', cell: driver },
];

/** What STATUS says: Flagger's phase, unless nobody drives a canary that is on its way. */
export function statusWord(item: StatusItem): string {
  const words: Partial<Record<StatusItem['state'], string>> = { orphaned: 'Orphaned', parked: 'Parked' };
  const word = words[item.state] ?? item.phase;
  return item.drifted ? `${word},DRIFTED` : word;
}

export function statusTable(items: readonly StatusItem[], wide: boolean, look: Look): string[] {
  const columns = [...(look.withNamespace ? [namespace] : []), ...plain, ...(wide ? ours : [])];
  return linesOf(columns, items, look);
}

/** The lines of the live view, none wider than `width`. */
export function liveLines(items: readonly StatusItem[], width: number, look: Look): string[] {
  const first = look.withNamespace ? [namespace, ...live] : [...live];
  const leastWhy = 24;
  // Whose, and how it stands, is what everybody looks for.
  const fewest = look.withNamespace ? 3 : 2;
  for (let count = first.length; count > 1; count--) {
    const lines = linesOf(first.slice(0, count), items, look);
    const widest = Math.max(...lines.map((line) => line.length));
    if (widest + leastWhy <= width || count === fewest)
      return linesOf([...first.slice(0, count), why], items, look).map((line) => cut(line, width));
  }
  return [];
}

/** All columns of `-o wide` for the live view, cut where the window ends. */
export function wideLines(items: readonly StatusItem[], width: number, look: Look): string[] {
  const uncoloured = { ...look, paint: paintOf({ isTTY: false }, {}, true) };
  return statusTable(items, true, uncoloured).map((line) => cut(line, width));
}

/** The versioned document: a promise to machines. */
export function statusDocument(items: readonly StatusItem[]): object {
  return { apiVersion: 'canary.run/v1', kind: 'CanaryList', items };
}

export function statusText(items: readonly StatusItem[], format: StatusFormat, look: Look): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(statusDocument(items), null, 2)}\n`;
    case 'yaml':
      return yaml.dump(statusDocument(items), { lineWidth: -1, noRefs: true });
    case 'name':
      return items.map((item) => `canary/${item.name}\n`).join('');
    default:
      return `${statusTable(items, format === 'wide', look).join('\n')}\n`;
  }
}

function linesOf(columns: readonly Column[], items: readonly StatusItem[], look: Look): string[] {
  return tableLines(
    columns.map((column) => column.head),
    items.map((item) => columns.map((column) => column.cell(item, look))),
  );
}

function driver({ driver: by, managedBy }: StatusItem): string {
  if (managedBy) return 'Flagger';
  if (!by) return '-';
  return cleanText(by.alive ? by.host : `${by.host} (gone)`, 80);
}

function sinceOf(item: StatusItem, now: number): string {
  const at = Date.parse(item.since);
  return Number.isNaN(at) ? '-' : age(now - at);
}

function painted(word: string, paint: Paint): string {
  if (/^(Failed|Orphaned)/.test(word) || word.includes('DRIFTED')) return paint.red(word);
  if (word.startsWith('Succeeded') || word.startsWith('Initialized')) return paint.green(word);
  return paint.yellow(word);
}
