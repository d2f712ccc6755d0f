// What a HorizontalPodAutoscaler aims at and where it stands, as one cell. It must not know of other kinds.
import type { Obj } from '../../contracts.ts';
import { at, list, type Node } from './cells.ts';

const UNKNOWN = '<unknown>';

type Field = 'value' | 'averageValue' | 'averageUtilization';

/** Where in a metric of that type its target and current value stand. */
const SOURCES: Readonly<Record<string, string>> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
};

function fieldOf(type: unknown, target: unknown): Field {
  if (at(target, 'averageValue') !== undefined || type === 'Pods') return 'averageValue';
  return type === 'Object' || type === 'External' ? 'value' : 'averageUtilization';
}

function written(field: Field, value: unknown, unset: string): string {
  if (value === undefined) return unset;
  return field === 'averageUtilization' ? `${String(value)}%` : String(value);
}

function metric({ type, ...rest }: Node, status: Node | undefined): string {
  const source = SOURCES[String(type)];
  if (source === undefined) return '<unknown type>';
  const target = at(rest, `${source}.target`);
  const field = fieldOf(type, target);
  const isOfPods = type === 'Resource' || type === 'ContainerResource';
  const name = isOfPods ? `${String(at(rest, `${source}.name`))}: ` : '';
  const average = field === 'averageValue' && (type === 'Object' || type === 'External') ? ' (avg)' : '';
  const current = written(field, at(status, `${source}.current.${field}`), UNKNOWN);
  const wanted = written(field, at(target, field), field === 'averageUtilization' ? '<auto>' : UNKNOWN);
  return `${name}${current}/${wanted}${average}`;
}

/** Two of them, and how many more. */
export function targets(scaler: Obj): string {
  const statuses = list(scaler, 'status.currentMetrics');
  const all = list(scaler, 'spec.metrics').map((one, index) => metric(one, statuses[index]));
  if (all.length === 0) return '<none>';
  return `${all.slice(0, 2).join(', ')}${all.length > 2 ? ` + ${all.length - 2} more...` : ''}`;
}
