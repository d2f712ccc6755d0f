// A transcript: commands above the line, below it everything that was said and what stands in the cluster afterwards.
//   recording NAME            the world of a recording, with its Canary
//   spec PATH VALUE           changes the Canary before it is read (JSON)
//   deployment PATH VALUE     changes the target before it is applied (JSON)
//   run [flags]               one run of the command; flags: --no-retry, --takeover, --image REF, --on-interrupt hold|rollback, --timeout S
//   at TEXT: COMMAND          once a line with TEXT was said in the next run, COMMAND happens (image, signal, fault, delete, replicas, kill)
//   image REF | undo DEPLOYMENT REF | replicas NAME N | delete KIND NAME | fault IMAGE {…} | queries [[pattern, answer]…]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { isObject } from '../../src/common/json.ts';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import type { Options } from '../../src/core/types.ts';
import type { Line } from '../../src/runner/types.ts';
import { killAt, type Killer } from '../faults/kill.ts';
import type { Script } from '../support/script.ts';
import { signals, stage, type RunOptions, type Signals, type Stage } from '../support/stage.ts';

const recordings = join(import.meta.dirname, '../parity/recordings');

interface Telling {
  out: string[];
  at: { text: string; command: string }[];
  changes: { of: 'spec' | 'deployment'; path: string; value: unknown }[];
  stage?: Stage;
  name: string;
}

/** Plays the commands and returns what is below the line. */
export async function tellStory(commands: string): Promise<string> {
  const telling: Telling = { out: [], at: [], changes: [], name: '' };
  for (const line of commands.split('\n')) {
    if (!line.trim() || line.startsWith('#')) continue;
    telling.out.push(`> ${line.trim()}`);
    await obey(telling, line.trim());
  }
  return `${telling.out.join('\n')}\n`;
}

async function obey(telling: Telling, line: string): Promise<void> {
  const [verb = '', ...words] = line.split(' ');
  const rest = words.join(' ');
  if (verb === 'recording') telling.name = rest;
  else if (verb === 'spec' || verb === 'deployment')
    telling.changes.push({ of: verb, path: words[0] ?? '', value: JSON.parse(words.slice(1).join(' ')) });
  else if (verb === 'at') telling.at.push(splitAt(rest));
  else if (verb === 'run') await run(telling, words);
  else await disturb(await stageOf(telling), verb, words);
}

function splitAt(rest: string): { text: string; command: string } {
  const cut = rest.indexOf(': ');
  return { text: rest.slice(0, cut), command: rest.slice(cut + 2) };
}

async function stageOf(telling: Telling): Promise<Stage> {
  if (telling.stage) return telling.stage;
  const folder = join(recordings, telling.name);
  const script = yaml.load(readFileSync(join(folder, 'world.yaml'), 'utf8')) as Script;
  const documents = (yaml.loadAll(readFileSync(join(folder, 'input.yaml'), 'utf8')) as Obj[]).map((document) => {
    const of = document.kind === 'Canary' ? 'spec' : document.kind === 'Deployment' ? 'deployment' : '';
    for (const change of telling.changes.filter((each) => each.of === of))
      set(document as unknown as JsonObject, change.path, change.value);
    return yaml.dump(document);
  });
  telling.stage = await stage('test', documents.join('---\n'), script);
  return telling.stage;
}

function set(object: JsonObject, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<JsonObject>((at, key) => (at[key] ??= {}) as JsonObject, object);
  if (value === null) delete parent[last];
  else parent[last] = value as JsonObject[string];
}

async function disturb(at: Stage, verb: string, words: string[]): Promise<void> {
  const { sandbox, namespace } = at;
  const target = at.canaries[0]?.targetRef.name ?? '';
  const api = async (method: 'PATCH' | 'DELETE', url: string, body?: unknown): Promise<void> => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const reply = await sandbox.api(
      { method, url, headers, ...(body ? { body: JSON.stringify(body) } : {}) },
      new AbortController().signal,
    );
    if (reply.status >= 300) throw new Error(`${method} ${url}: ${reply.status}`);
  };
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const paths: Record<string, string> = {
    Deployment: deployments,
    ConfigMap: `/api/v1/namespaces/${namespace}/configmaps`,
    Service: `/api/v1/namespaces/${namespace}/services`,
  };
  const [first = '', second = ''] = words;
  if (verb === 'image') await sandbox.setImage(namespace, target, first);
  else if (verb === 'undo') await sandbox.setImage(namespace, first, second);
  else if (verb === 'replicas') await api('PATCH', `${deployments}/${first}`, { spec: { replicas: Number(second) } });
  else if (verb === 'delete') await api('DELETE', `${paths[first]}/${second}`);
  else if (verb === 'selector') await api('PATCH', `${paths['Service']}/${first}`, { spec: { selector: { app: second } } });
  else if (verb === 'fault')
    sandbox.world.faults.set(first, JSON.parse(words.slice(1).join(' ')) as Parameters<typeof sandbox.world.faults.set>[1]);
  else throw new Error(`unknown command ${verb}`);
}

async function run(telling: Telling, flags: string[]): Promise<void> {
  const at = await stageOf(telling);
  const signal = signals();
  const killer = killAt(Infinity, 'before');
  const waiting = telling.at.splice(0);
  const onLine = (line: Line): void => {
    const next = waiting[0];
    if (!next || !line.text.includes(next.text)) return;
    waiting.shift();
    telling.out.push(`    ${next.command}`);
    happen({ at, signal, killer }, next.command);
  };
  const options: RunOptions = {
    ...optionsOf(flags),
    signals: signal,
    clock: (clock) => killer.clock(clock),
    api: (send) => killer.wrap(send),
    onLine: (line) => (telling.out.push(`  ${line.type} ${line.text}`), onLine(line)),
  };
  const dead = new Promise<undefined>((resolve) => killer.onDeath(() => resolve(undefined)));
  const ran = await Promise.race([at.run(options), dead]);
  if (!ran) telling.out.push('  (killed)');
  for (const note of ran?.notes ?? []) telling.out.push(`  note: ${note}`);
  for (const { exitCode, why } of ran?.outcomes ?? []) telling.out.push(`  exit ${exitCode}: ${why}`);
  telling.out.push(`  = ${await standing(at)}`);
}

function happen(who: { at: Stage; signal: Signals; killer: Killer }, command: string): void {
  const [verb = '', ...words] = command.split(' ');
  if (verb === 'signal') who.signal.send(words[0] ?? '');
  else if (verb === 'kill') who.killer.kill();
  else void disturb(who.at, verb, words);
}

function optionsOf(flags: string[]): RunOptions & Partial<Options> {
  const value = (flag: string): string | undefined => (flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : undefined);
  const image = value('--image');
  const onInterrupt = value('--on-interrupt') as Options['onInterrupt'] | undefined;
  const timeout = value('--timeout');
  return {
    noRetry: flags.includes('--no-retry'),
    takeover: flags.includes('--takeover'),
    ...(image ? { image: { reference: image } } : {}),
    ...(onInterrupt ? { onInterrupt } : {}),
    ...(timeout ? { timeout: Number(timeout) * 1000 } : {}),
  };
}

/** What a user would look at: images, replicas, weights, the record's phase and whether anybody drives. */
async function standing(at: Stage): Promise<string> {
  const { world } = at.sandbox;
  const name = at.canaries[0]?.targetRef.name ?? '';
  const side = (deployment: string): string => {
    const spec = (world.get('Deployment', at.namespace, deployment)?.['spec'] ?? {}) as {
      replicas?: number;
      template?: { spec: { containers: { image: string }[] } };
    };
    return `${deployment} ${spec.template?.spec.containers[0]?.image.split(':')[1] ?? 'absent'}x${spec.replicas ?? 0}`;
  };
  const route = JSON.stringify(world.get('VirtualService', at.namespace, at.canaries[0]?.service.name ?? '')?.['spec'] ?? {});
  const weights = [...route.matchAll(/"weight":(\d+)/g)].map(([, weight]) => weight);
  const record = world.get('ConfigMap', at.namespace, `canary-deployment-${name}`);
  const state = JSON.parse(String(isObject(record?.['data']) ? record['data']['state'] : '{}')) as {
    phase?: string;
    driver?: string;
    parked?: string;
  };
  const who = state.parked ? `parked by ${state.parked}` : state.driver ? 'driven' : 'released';
  return [
    side(`${name}-primary`),
    side(name),
    weights.length ? `weights ${weights.join('/')}` : 'no route',
    `${state.phase ?? 'no record'}, ${who}`,
  ].join(' · ');
}
