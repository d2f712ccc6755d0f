// What an API server said no with, and what that means for the user. It must never hold a token, a header or a request body.
import { cleanText } from '../common/clean.ts';
import { isObject } from '../common/json.ts';
import { CanaryError, ForbiddenError, PreflightError, UnreachableError } from '../errors.ts';
import type { Wire } from '../ports.ts';
import { rbacCommand, ruleLine } from './rules.ts';

/** There was no answer, or none that is the API server's: whether the request was carried out is unknown. */
export class NoAnswerError extends Error {
  override readonly name: string = 'NoAnswerError';
}

/** A write that may or may not have been carried out, or may still be: only a new epoch makes it harmless. */
export class UnansweredWrite extends NoAnswerError {
  override readonly name: string = 'UnansweredWrite';
}

/** What a request was about, in the words of a Role. */
export interface About {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  /** Undefined for all namespaces and for kinds that live in none. */
  readonly namespace: string | undefined;
}

export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details: { readonly name?: string; readonly kind?: string };
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string;
  /** The server's own words, made safe to show. */
  readonly said: string;
  /** The kind is not served. */
  readonly missingKind: boolean;

  constructor(
    readonly about: About,
    refusal: Refusal,
  ) {
    super(`${about.verb} ${resourceText(about)}: ${refusal.message}`);
    this.code = refusal.code;
    this.reason = refusal.reason;
    this.said = refusal.message;
    this.missingKind = isMissingKind(refusal);
  }
}

/** The line to add to a Role: valid YAML, one line. What is created has no name yet. */
export function ruleText(about: About): string {
  const { group, resource, verb, name, namespace } = about;
  return ruleLine({ group, resource, verbs: [verb], names: name && verb !== 'create' ? [name] : [] }, namespace);
}

/** Reads the Status of an answer that is not 2xx. The body is foreign: it may be HTML, cut off, or nothing. */
export function refusalOf(status: number, text: string): Refusal {
  const body = parsed(text);
  const details = isObject(body) && isObject(body['details']) ? body['details'] : {};
  const own = isObject(body) && body['kind'] === 'Status' ? body : {};
  const message = typeof own['message'] === 'string' ? own['message'] : text;
  return {
    code: status,
    reason: typeof own['reason'] === 'string' ? cleanText(own['reason'], 60) : '',
    message: cleanText(message, 400) || `HTTP ${status}`,
    details: {
      ...(typeof details['name'] === 'string' ? { name: details['name'] } : {}),
      ...(typeof details['kind'] === 'string' ? { kind: details['kind'] } : {}),
    },
  };
}

/** The API server names the object when the object is missing, and names nothing when it does not serve the kind. */
export function isMissingKind(refusal: Refusal): boolean {
  return refusal.code === 404 && !(refusal.reason === 'NotFound' && refusal.details.name);
}

/** What the user is told, with its exit code; undefined for what is no word of the API server, so a bug of ours. */
export function asCanaryError(error: CanaryError | NoAnswerError | ApiError): CanaryError;
export function asCanaryError(error: unknown): CanaryError | undefined;
export function asCanaryError(error: unknown): CanaryError | undefined {
  if (error instanceof CanaryError) return error;
  if (error instanceof NoAnswerError) {
    return new UnreachableError(
      `the API server does not answer: ${error.message}`,
      'check the context, the network and any proxy, then run again',
    );
  }
  return error instanceof ApiError ? meaningOf(error) : undefined;
}

function meaningOf(error: ApiError): CanaryError {
  const what = `${error.about.verb} ${resourceText(error.about)}`;
  if (error.code === 401)
    return new ForbiddenError(
      `not signed in to the API server: ${error.said}`,
      'sign in again (kubectl auth whoami shows as whom), then run again',
    );
  if (error.code === 403 && isRoleRefusal(error) && error.about.namespace === undefined)
    return new ForbiddenError(`not allowed to ${what}${asWhom(error.said)}`, `add the rule ${ruleText(error.about)}`);
  if (error.code === 403 && isRoleRefusal(error))
    return new ForbiddenError(
      `not allowed to ${what}${asWhom(error.said)}: add the rule ${ruleText(error.about)} (${rbacCommand()} prints all that a release needs)`,
    );
  if (error.code === 403) return new ForbiddenError(`the API server refused to ${what}: ${error.said}`);
  if (error.missingKind)
    return new PreflightError(
      `the cluster does not serve ${resourceText({ ...error.about, name: '' })}`,
      'install its CustomResourceDefinition, or choose another provider',
    );
  return new PreflightError(`the API server refused to ${what} (HTTP ${error.code}): ${error.said}`);
}

/** A quota or an admission webhook says 403 too; only a Role that lacks a rule says it in this form. */
function isRoleRefusal(error: ApiError): boolean {
  return / cannot \S+ resource /.test(` ${error.said} `);
}

function asWhom(said: string): string {
  const user = / User "([^"]+)" cannot /.exec(` ${said}`)?.[1];
  return user === undefined ? '' : ` as ${user}`;
}

export function resourceText(about: Omit<About, 'verb'>): string {
  const resource = about.group ? `${about.resource}.${about.group}` : about.resource;
  return `${resource}${about.name ? ` ${about.name}` : ''}${about.namespace ? ` in namespace ${about.namespace}` : ''}`;
}

/** For messages about requests that never got so far as to have a verb of a Role. */
export function wireText(wire: Wire): string {
  return `${wire.method} ${wire.url.split('?')[0] ?? ''}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
