// What a rule between fields is given, and its few words for what a value says. Pure.
import type { Path } from './path.ts';
import type { Abilities, Provider } from './providers.ts';
import type { Json, JsonObject } from './types.ts';

export interface Ruling {
  readonly spec: JsonObject;
  /** The apex Service as people name it: podinfo.test. */
  readonly apex: string;
  /** A driven router, or undefined when the word for it was refused: then rules about routers are silent. */
  readonly provider: (Provider & { readonly can: Abilities }) | undefined;
  say(path: Path, text: string): void;
  note(path: Path, text: string): void;
}

export function isSkipped({ spec }: Ruling): boolean {
  return spec['skipAnalysis'] === true;
}

export function isTcp({ spec: { service }, provider }: Ruling): boolean {
  const protocol = typeof service === 'object' && service !== null && !Array.isArray(service) ? service['appProtocol'] : undefined;
  return provider?.id === 'istio' && typeof protocol === 'string' && protocol.toLowerCase() === 'tcp';
}

/** Says something; 0, false, [] and null say as much as nothing. */
export function isGiven(value: Json | undefined): boolean {
  return isPresent(value) && value !== 0 && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);
}

export function isPresent(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** NaN compares false with everything: a rule about numbers is silent where they are not numbers. */
export function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : NaN;
}
