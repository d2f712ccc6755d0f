// What the routers with rules by request (Istio, Gateway API) say differently, and nothing of what they do with it: types only.
import type { Canary, Json, JsonObject, Side } from '../../contracts.ts';

/** The three Services of a canary, by name. */
export interface Backends {
  readonly apex: string;
  readonly primary: string;
  readonly canary: string;
  readonly namespace: string;
}

export type Role = 'apex' | Side;

/** How rules are written. A destination is an entry of a rule's list of those; a holder is a rule or a destination. */
export interface Dialect {
  /** The fields of a rule. */
  readonly destinations: string;
  readonly conditions: string;
  /** Fields of a rule that no other may have too. */
  readonly unique: readonly string[];
  /** Of a destination that says none, beside others. */
  readonly unsaidWeight: number;

  /** Rules are about requests, which have headers and cookies; else about bytes. */
  isHttp(canary: Canary): boolean;
  /** Undefined: it leads to somebody else. */
  roleOf(destination: Json, backends: Backends): Role | undefined;
  /** Made like the one of the rule; its weight is set by others. */
  destination(model: JsonObject | undefined, role: Role, canary: Canary): JsonObject;
  /** Of the primary where it is alone in its rule, with so much of the requests under test on the canary. */
  loneWeight(tested: 0 | 100): number;

  /** The rule with what the file says of each; `conditions`: also of the requests that it is for. */
  withFile(rule: JsonObject, canary: Canary, options: { conditions: boolean }): JsonObject;
  /** analysis.match. */
  testConditions(canary: Canary): JsonObject[];
  /** What meets both. Where both speak of one field, `condition` wins; nothing is dropped. */
  joined(within: JsonObject, condition: JsonObject): JsonObject;
  /** With all that the API server would add. */
  inFull(rule: JsonObject): JsonObject;

  mirrored(rule: JsonObject, percent: number, canary: Canary): JsonObject;
  /** Per cent of the requests that are copied to the canary. */
  mirroredPart(rule: JsonObject, backends: Backends): number | undefined;
  unmirrored(rule: JsonObject, backends: Backends): JsonObject;

  /** The pattern is of the Cookie header. */
  cookieCondition(pattern: string): JsonObject;
  cookiePattern(condition: Json): string | undefined;
  setCookie(holder: JsonObject): string | undefined;
  settingCookie(holder: JsonObject, text: string): JsonObject;
  settingNoCookie(holder: JsonObject): JsonObject;
}

/** What reading and writing rules stands on. */
export interface Ground {
  readonly dialect: Dialect;
  readonly canary: Canary;
  readonly backends: Backends;
}
