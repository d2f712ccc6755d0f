// What is said where a way to a Service is closed. Texts only; it decides nothing.
import { ruleLine, rulesOf, type Right, type Rule } from '../rules.ts';

interface Missing {
  /** After 'not allowed to'. */
  readonly what: string;
  /** The API server's own words, made safe to show. */
  readonly said: string;
  readonly rule: Rule;
  readonly namespace: string;
}

/** A quota, a webhook or a policy says 403 too; only a Role that lacks a rule says it in this form. */
export function missingRight({ what, said, rule, namespace }: Missing): string {
  if (!/ cannot \S+ resource /.test(` ${said} `)) return `the API server refused to ${what}: ${said}`;
  const user = /User "([^"]+)" cannot /.exec(said)?.[1];
  return `not allowed to ${what}${user === undefined ? '' : ` as ${user}`}: add the rule ${ruleLine(rule, namespace)}, or choose another way with --reach`;
}

/** All are of one namespace. */
export function missingRules(by: string, rights: readonly Right[]): string {
  const rules = rulesOf(rights).map((rule) => ruleLine(rule, rights[0]?.namespace));
  return `not allowed to go ${by}: add the rule ${rules.join(' and the rule ')}`;
}
