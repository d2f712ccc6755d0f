// I7: wherever a rule names both sides, each once, its weights are whole numbers of 0 to 100 and add up to 100; requests are mirrored only where the
// primary answers all of them.
import { isDriverWrite, objectOf } from '../facts.ts';
import { isRoute, mirrorsOf, rulesOf, type Weighted } from '../routes.ts';
import type { Invariant, Setup } from '../setup.ts';

export const weightsAddUp: Invariant = ({ log, setup }) =>
  log.entries
    .filter((entry) => isDriverWrite(entry) && isRoute(objectOf(entry), setup))
    .flatMap(({ seq, after }) =>
      [...rulesOf(after).flatMap((rule) => wrong(setup, rule)), ...wrongMirrors(setup, after)].map((why) => ({
        invariant: 'I7' as const,
        seq,
        why,
      })),
    );

function wrong(setup: Setup, rule: readonly Weighted[]): string[] {
  const hosts = rule.map(({ host }) => host);
  const both = [`${setup.apex}-primary`, `${setup.apex}-canary`];
  if (!both.every((host) => hosts.includes(host))) return [];
  const weights = rule.map(({ weight }) => weight);
  const shown = weights.map(String).join(' + ');
  if (new Set(hosts).size !== hosts.length) return [`a destination is named twice: ${hosts.join(', ')}`];
  if (!weights.every((weight) => typeof weight === 'number' && Number.isInteger(weight) && weight >= 0 && weight <= 100))
    return [`not whole numbers of 0 to 100: ${shown}`];
  return weights.reduce<number>((sum, weight) => sum + Number(weight), 0) === 100 ? [] : [`weights do not add up to 100: ${shown}`];
}

function wrongMirrors({ apex }: Setup, route: unknown): string[] {
  const answers = (rule: readonly Weighted[]): boolean => rule.some(({ host, weight }) => host === `${apex}-primary` && weight === 100);
  return mirrorsOf(route, `${apex}-canary`).flatMap((rule) =>
    answers(rule) ? [] : ['mirrored where the primary does not answer everything'],
  );
}
