// The tree under a description: sides with their pods, routes, checks, hooks, history. Pure drawing.
import { cleanText } from '../common/clean.ts';
import { shownText } from '../http/redact.ts';
import type { Description, DescriptionLook, Detail, PodRow } from './description.ts';
import type { Glyphs } from './glyphs.ts';
import { limitText } from './live-metrics.ts';
import { aligned, padded, widthOf } from './table.ts';
import { age } from './time.ts';
import type { StatusItem } from './views.ts';

interface Branch {
  readonly name: string;
  /** Said in one line, or in as many as the window needs. */
  readonly items: readonly string[];
  readonly under?: readonly string[];
}

const nameWidth = 9;

export function treeLines({ item, detail }: Description, look: DescriptionLook): string[] {
  const { glyphs } = look;
  const missing = item.managedBy ? 'Flagger drives it; it is only looked at' : 'nothing readable is kept of its last run';
  const branches: Branch[] = [
    ...(detail ? [...sides(detail, look), routes(detail, glyphs), checks(item, detail, glyphs), ...hooks(detail)] : []),
    ...(item.why ? [{ name: 'why', items: [shownText(item.why, 500)] }] : []),
    detail ? history(detail) : { name: 'kept', items: [missing] },
  ];
  const head = filled(headItems(item), look, 0).map((line, no) => (no === 0 ? line : `${glyphs.trunk}${line}`));
  return [...head, ...drawn(branches, look)];
}

function drawn(branches: readonly Branch[], look: DescriptionLook): string[] {
  const { branch, corner, trunk } = look.glyphs;
  return branches.flatMap(({ name, items, under = [] }, no) => {
    const isLast = no === branches.length - 1;
    const before = isLast ? ' '.repeat(trunk.length) : trunk;
    const [first = '', ...more] = filled(items, look, nameWidth);
    const leaves = under.map((leaf, at) => `${before}${at === under.length - 1 ? corner : branch}${leaf}`);
    return [
      `${isLast ? corner : branch}${padded(name, nameWidth)}${first}`,
      ...more.map((line) => before + ' '.repeat(nameWidth) + line),
      ...leaves,
    ];
  });
}

/** Items one after the other, as many to a line as fit; none is ever cut. */
function filled(items: readonly string[], { glyphs, width = Infinity }: DescriptionLook, indent: number): string[] {
  const room = width - indent - widthOf(glyphs.trunk);
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    const joined = last === undefined ? item : `${last}${glyphs.between}${item}`;
    if (last === undefined || widthOf(joined) > room) lines.push(item);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

function headItems(item: StatusItem): string[] {
  const steps = item.steps > 0 ? [`step ${item.step} of ${item.steps}`] : [];
  const state = item.state === 'idle' || item.state === 'running' ? [] : [item.state];
  return [`${item.name}.${item.namespace}`, item.target, item.phase, ...state, `${item.weight} % canary`, ...steps, driverText(item)];
}

function driverText({ driver, managedBy }: StatusItem): string {
  if (managedBy) return 'driven by Flagger';
  if (!driver) return 'nobody drives it';
  const seen = driver.seenSecondsAgo === null ? 'no sign of life' : `${driver.alive ? 'alive' : 'last seen'} ${driver.seenSecondsAgo}s ago`;
  return `driver ${cleanText(driver.host || driver.id, 80)}, ${seen}`;
}

function sides({ primary, canary }: Detail, { now }: DescriptionLook): Branch[] {
  return Object.entries({ primary, canary }).map(([name, side]) => ({
    name,
    items: [cleanText(side.name, 253), ...side.images.map((image) => cleanText(image, 300)), `${side.ready}/${side.wanted} ready`],
    under: podLines(side.pods, now),
  }));
}

function podLines(pods: readonly PodRow[], now: number): string[] {
  return aligned(
    pods.map(({ name, ready, restarts, created }) => {
      const at = Date.parse(created);
      return ['pod', cleanText(name, 253), ready ? 'ready' : 'NOT READY', `restarts ${restarts}`, Number.isNaN(at) ? '-' : age(now - at)];
    }),
  );
}

function routes({ routes: { objects, traffic, drift }, provider }: Detail, { ok, bad }: Glyphs): Branch {
  const each = objects.map(({ name, is }) => (is === 'present' ? `${name} ${ok}` : `${name} ${bad} ${is}`));
  return { name: 'routes', items: [provider, ...each, traffic, drift] };
}

function checks(item: StatusItem, { checks: { threshold, metrics } }: Detail, glyphs: Glyphs): Branch {
  const limits = metrics.map((metric) => `${cleanText(metric.name, 100)} ${limitText(metric, glyphs)}`.trim());
  return { name: 'checks', items: [...limits, `failed ${item.failedChecks} of ${threshold}`] };
}

function hooks({ hooks: all }: Detail): Branch[] {
  const items = all.map(({ name, type, is }) => `${cleanText(name, 100)} (${type}) ${is}`);
  return items.length ? [{ name: 'hooks', items }] : [];
}

function history({ history: runs }: Detail): Branch {
  if (!runs.length) return { name: 'history', items: ['no run has ended yet'] };
  return {
    name: 'history',
    items: [],
    under: aligned(runs.map(({ revision, result, at }) => [at, result, cleanText(revision, 100) || '-'])),
  };
}
