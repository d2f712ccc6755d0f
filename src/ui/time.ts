// Times as people and machines read them. Looks at no clock: what it shows is handed in.
import type { Millis } from '../ports.ts';

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function stamp(at: Millis): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** With milliseconds: for machines. */
export function exactStamp(at: Millis): string {
  return new Date(at).toISOString();
}

/** 45s, 3m12s, 5h4m, 2d: as kubectl shows ages. */
export function age(ms: Millis): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}

/** 6h, 1m30s: a setting, in the fewest signs. */
export function span(ms: Millis): string {
  if (ms < 1000) return `${ms}ms`;
  const seconds = ms / 1000;
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [Math.round((seconds % 60) * 1000) / 1000, 's'],
  ];
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}${unit}`)
    .join('');
}

function two(large: number, largeUnit: string, ...[small, smallUnit]: [number, string]): string {
  return small > 0 ? `${large}${largeUnit}${small}${smallUnit}` : `${large}${largeUnit}`;
}
