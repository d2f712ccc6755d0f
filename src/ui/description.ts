// One canary described: kubectl's block and Events first, then a tree of what stands behind it. Draws what it is handed; asks nobody.
import yaml from 'js-yaml';
import { shownText } from '../http/redact.ts';
import type { Limit, PodCount } from '../runner/view.ts';
import { treeLines } from './describe-tree.ts';
import type { Glyphs } from './glyphs.ts';
import { aligned } from './table.ts';
import { age } from './time.ts';
import type { StatusItem } from './views.ts';

export interface EventRow {
  readonly type: string;
  readonly reason: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly from: string;
  readonly message: string;
}

export interface PodRow {
  readonly name: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly created: string;
}

export interface SideRow extends PodCount {
  readonly name: string;
  readonly images: readonly string[];
  readonly pods: readonly PodRow[];
}

/** What the record, the kept spec and the cluster say. Absent where nothing is kept, or where Flagger drives. */
export interface Detail {
  readonly provider: string;
  readonly primary: SideRow;
  readonly canary: SideRow;
  readonly routes: {
    readonly objects: readonly { readonly name: string; readonly is: string }[];
    readonly traffic: string;
    readonly drift: string;
  };
  readonly checks: { readonly threshold: number; readonly metrics: readonly Limit[] };
  readonly hooks: readonly { readonly name: string; readonly type: string; readonly is: string }[];
  readonly history: readonly { readonly revision: string; readonly result: string; readonly at: string }[];
}

export interface Description {
  readonly item: StatusItem;
  readonly events: readonly EventRow[];
  readonly detail?: Detail;
}

export type DescriptionFormat = 'text' | 'json' | 'yaml';
export const descriptionFormats: readonly DescriptionFormat[] = ['text', 'json', 'yaml'];

export interface DescriptionLook {
  readonly glyphs: Glyphs;
  /** Of the window; undefined where there is none. */
  readonly width?: number;
  readonly now: number;
}

export function descriptionText(description: Description, format: DescriptionFormat, look: DescriptionLook): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(documentOf(description), null, 2)}\n`;
    case 'yaml':
      return yaml.dump(documentOf(description), { lineWidth: -1, noRefs: true });
    case 'text':
      return [...blockLines(description, look.now), '', ...treeLines(description, look)].map((line) => `${line.trimEnd()}\n`).join('');
  }
}

function documentOf({ item, events, detail }: Description): object {
  return { apiVersion: 'canary.run/v1', kind: 'CanaryDescription', ...item, ...detail, events };
}

/** To the letter as `kubectl describe` prints a Canary: people and scripts look for these words. */
function blockLines({ item, events }: Description, now: number): string[] {
  return [
    `Name:         ${item.name}`,
    `Namespace:    ${item.namespace}`,
    'Status:',
    `  Canary Weight:         ${item.weight}`,
    `  Failed Checks:         ${item.failedChecks}`,
    `  Phase:                 ${item.phase}`,
    ...(events.length ? ['Events:', ...eventLines(events, now)] : ['Events:  <none>']),
  ];
}

function eventLines(events: readonly EventRow[], now: number): string[] {
  const rows = events.map((event) => [
    shownText(event.type, 100),
    shownText(event.reason, 200),
    eventAge(event, now),
    shownText(event.from, 200),
    shownText(event.message, 1000),
  ]);
  const head = [
    ['Type', 'Reason', 'Age', 'From', 'Message'],
    ['----', '------', '----', '----', '-------'],
  ];
  return aligned([...head, ...rows]).map((line) => `  ${line}`);
}

/** 3m, or 3m (x4 over 10m) for what was said more than once. */
function eventAge({ first, last, count }: EventRow, now: number): string {
  const since = (text: string): string => (Number.isNaN(Date.parse(text)) ? '<unknown>' : age(now - Date.parse(text)));
  return count > 1 ? `${since(last)} (x${count} over ${since(first)})` : since(last);
}
