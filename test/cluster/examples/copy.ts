// A walk-through's files in an arena: as they stand, but for the namespace, the pace, and where webhooks are called. It applies nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { examples } from '../../examples/readme.ts';
import type { Arena } from '../arena.ts';
import { schedulerName } from '../kubelet.ts';

/** The namespace that the files of a walk-through name. */
export function namespaceIn(example: string): string {
  const text = readFileSync(new URL(`${example}/canary.yaml`, examples), 'utf8');
  const [, namespace] = /^ {2}namespace: (.+)$/m.exec(text) ?? [];
  if (!namespace) throw new Error(`examples/${example}/canary.yaml names no namespace`);
  return namespace;
}

/** Time is short, but whoever looks at a release between two checks has to get an answer in it. */
const paces = { tenSeconds: '1s', minute: '3s' };

/** Into `examples/` of the arena's folder. */
export function copyExample(arena: Arena, example: string): void {
  const folder = new URL(`${example}/`, examples);
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.yaml')))
    arena.file(`examples/${example}/${name}`, adapted(readFileSync(new URL(name, folder), 'utf8'), arena));
}

function adapted(text: string, { namespace, cluster }: Arena): string {
  const scheduled = cluster.foreign ? text.replace(/^ {6}containers:$/m, `      schedulerName: ${schedulerName}\n$&`) : text;
  return (
    scheduled
      .replace(/^( {2}namespace: ).*$/gm, `$1${namespace}`)
      // Of the analysis; those of the metrics stand deeper and are part of the queries.
      .replace(/(?<=^ {4}interval: )10s$/m, paces.tenSeconds)
      .replace(/(?<=^ {4}interval: )1m$/m, paces.minute)
      // The script answers webhooks below /hook.
      .replace(/^( +url: http:\/\/flagger-loadtester\.\w+\/)$/m, '$1hook/walk/load-test')
  );
}
