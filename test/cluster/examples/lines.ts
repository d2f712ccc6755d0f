// Lines of a real API server and lines of a README made comparable. What may differ, and why, stands here; nothing else may.
import { isAsShown } from '../../examples/readme.ts';
import type { Where } from './stage.ts';

type Replacement = readonly [pattern: RegExp, word: string];

const replacements: readonly Replacement[] = [
  // Where it was played, and how quickly.
  [/^context \S+ · user \S+$/, 'context <context>'],
  [/(?<= · checks every )\d+[sm]\b/, '<interval>'],
  // How far pods are when they are looked at is their own affair; that they are waited for is not.
  [
    /(?<=\bWaiting for \S+ rollout to finish: )(?:observed deployment generation less than desired generation|\d+ (?:out )?of \d+ (?:new replicas have been updated|updated replicas are available)|\d+ old replicas are pending termination)$/,
    '<pods>',
  ],
];

const asides: readonly RegExp[] = [
  // The READMEs say that newer clusters do.
  /^Warning: v1 Endpoints is deprecated in v1\.33\+/,
  // These Deployments the sandbox made; on a real cluster kubectl did.
  /^Warning: resource deployments\/(?:podinfo|reviews) is missing the kubectl\.kubernetes\.io\/last-applied-configuration annotation /,
  // The interval is this test's own.
  /^note: \S+: spec\.(?:analysis|canaryAnalysis)\.interval: [13]s is kept; /,
  // Which pods are still there, and which already, is the controllers' pace; how many are ready stands in the line above.
  /^[│ ]+[├└]─ pod /,
  // Pods without minReadySeconds may be ready when they are first looked at.
  /\bWaiting for reviews(?:-primary)?\.default rollout to finish: <pods>$/,
];

export function comparable(lines: readonly string[], { namespace, name }: Where): string[] {
  const plain = lines
    .map((line) => replacements.reduce((text, [pattern, word]) => text.replace(pattern, word), line.replaceAll(namespace, name)))
    .filter((line) => !asides.some((aside) => aside.test(line)));
  return withoutRepeats(plain);
}

/** Of lines that wait for the same pods the first. */
function withoutRepeats(lines: readonly string[]): string[] {
  const awaited = lines.map((line) => /\bWaiting for \S+(?=.*<pods>$)/.exec(line)?.[0]);
  return lines.filter((_, at) => awaited[at] === undefined || awaited[at] !== awaited[at - 1]);
}

/** The table of all canaries without those of others who use the cluster at the same time. */
export function onlyOurs(lines: readonly string[], namespace: string): string[] {
  return lines.filter((line, at) => at === 0 || line.startsWith(`${namespace} `));
}

export function fits(said: readonly string[], shown: readonly string[], where: Where): boolean {
  return isAsShown(comparable(said, where), comparable(shown, where));
}
