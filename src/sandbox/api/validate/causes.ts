// How Kubernetes words what is wrong with a field. It must not know any kind.
import { canonical, isObject } from '../../../common/json.ts';
import type { JsonObject } from '../../../contracts.ts';
import type { Cause } from '../status.ts';

function shown(value: unknown): string {
  return canonical(value ?? null);
}

export function required(field: string, detail = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${detail === '' ? '' : `: ${detail}`}`, field };
}

export function invalidValue(field: string, value: unknown, detail: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${shown(value)}: ${detail}`, field };
}

export function duplicate(field: string, value: unknown): Cause {
  return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown(value)}`, field };
}

export function forbiddenField(field: string, detail: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field };
}

export function unsupported(field: string, value: unknown, known: readonly string[]): Cause {
  const list = known.map(shown).join(', ');
  return { reason: 'FieldValueNotSupported', message: `Unsupported value: ${shown(value)}: supported values: ${list}`, field };
}

export function immutable(field: string, value: unknown): Cause {
  return invalidValue(field, value, 'field is immutable');
}

/** A number that is there and too small. */
export function below(field: string, value: unknown, least: number): Cause[] {
  return typeof value === 'number' && value < least ? [invalidValue(field, value, `must be greater than or equal to ${least}`)] : [];
}

export function isPort(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

export function port(field: string, value: unknown): Cause[] {
  return isPort(value) ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
