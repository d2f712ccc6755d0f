// The tree under a description: sides with their pods, routes, checks, hooks, history. Pure drawing.
import { cleanText } from '../common/clean.ts';
import { shownText } from '../http/redact.ts';
import type { Description, DescriptionLook, Detail, PodRow, SideRow } from './description.ts';
import type { Glyphs } from './glyphs.ts';
import { limitText } from './live-metrics.ts';
import { aligned, padded } from './table.ts';
import { age } from './time.ts';
import type { StatusItem } from './views.ts';

interface Branch {
  readonly text: string;
  readonly under?: readonly string[];
}

export function treeLines({ item, detail }: Description, look: DescriptionLook): string[] {
  const { glyphs } = look;
  const branches: Branch[] = [
    ...(detail ? sides(detail, look) : []),
    ...(detail ? [routes(detail, glyphs), checks(item, detail, glyphs), ...hooks(detail, glyphs)] : []),
    ...(item.why ? [named('why', shownText(item.why, 500))] : []),
    ...(detail ? history(detail) : []),
  ];
  const missing = detail ? [] : [item.managedBy ? 'Flagger drives it; shown read-only' : 'nothing readable is kept of its last run'];
  return [headLine(item, glyphs), ...drawn([...branches, ...missing.map((text) => ({ text }))], glyphs)];
}

function drawn(branches: readonly Branch[], { branch, corner, trunk }: Glyphs): string[] {
  return branches.flatMap(({ text, under = [] }, no) => {
    const isLast = no === branches.length - 1;
    const before = isLast ? ' '.repeat(trunk.length) : trunk;
    const leaves = under.map((leaf, at) => `${before}${at === under.length - 1 ? corner : branch}${leaf}`);
    return [`${isLast ? corner : branch}${text}`, ...leaves];
  });
}

function headLine(item: StatusItem, { between }: Glyphs): string {
  const steps = item.steps > 0 ? [`step ${item.step} of ${item.steps}`] : [];
  const state = item.state === 'idle' || item.state === 'running' ? [] : [item.state];
  return [`${item.name}.${item.namespace}`, item.target, item.phase, ...state, `${item.weight} % canary`, ...steps, driverText(item)].join(
    between,
  );
}

function driverText({ driver, managedBy }: StatusItem): string {
  if (managedBy) return 'driven by Flagger';
  if (!driver) return 'nobody drives it';
  const seen = driver.seenSecondsAgo === null ? 'no sign of life' : `${driver.alive ? 'alive' : 'last seen'} ${driver.seenSecondsAgo}s ago`;
  return `driver ${cleanText(driver.host || driver.id, 80)}, ${seen}`;
}

function named(name: string, text: string): Branch {
  return { text: `${padded(name, 8)} ${text}` };
}

function sides({ primary, canary }: Detail, look: DescriptionLook): Branch[] {
  const cells = (name: string, side: SideRow): string[] => [
    padded(name, 7),
    cleanText(side.name, 253),
    cleanText(side.images.join(' '), 300) || '-',
    `${side.ready}/${side.wanted} ready`,
  ];
  const lines = aligned([cells('primary', primary), cells('canary', canary)]);
  return [primary, canary].map((side, no) => ({ text: lines[no] ?? '', under: podLines(side.pods, look.now) }));
}

function podLines(pods: readonly PodRow[], now: number): string[] {
  return aligned(
    pods.map(({ name, ready, restarts, created }) => {
      const at = Date.parse(created);
      return ['pod', cleanText(name, 253), ready ? 'ready' : 'NOT READY', `restarts ${restarts}`, Number.isNaN(at) ? '-' : age(now - at)];
    }),
  );
}

function routes({ routes: { objects, traffic, drift }, provider }: Detail, { ok, bad, between }: Glyphs): Branch {
  const each = objects.map(({ name, is }) => (is === 'present' ? `${name} ${ok}` : `${name} ${bad} ${is}`));
  return named('routes', [provider, ...each, traffic, drift].join(between));
}

function checks(item: StatusItem, { checks: { threshold, metrics } }: Detail, glyphs: Glyphs): Branch {
  const limits = metrics.map((metric) => `${cleanText(metric.name, 100)} ${limitText(metric, glyphs)}`.trim());
  return named('checks', [...limits, `failed ${item.failedChecks} of ${threshold}`].join(glyphs.between));
}

function hooks({ hooks: all }: Detail, { between }: Glyphs): Branch[] {
  const texts = all.map(({ name, type, is }) => `${cleanText(name, 100)} (${type}) ${is}`);
  return texts.length ? [named('hooks', texts.join(between))] : [];
}

function history({ history: runs }: Detail): Branch[] {
  const rows = runs.map(({ revision, result, at }) => [at, result, cleanText(revision, 100) || '-']);
  return rows.length ? [{ ...named('history', ''), under: aligned(rows) }] : [];
}
