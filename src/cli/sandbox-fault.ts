// `canary sandbox fault` and `clear`: makes applications of a sandbox go wrong, or well again. Refuses every cluster that is no sandbox.
import { shownText } from '../http/redact.ts';
import { isObject } from '../common/json.ts';
import { formatDuration } from '../common/duration.ts';
import { PreflightError, UsageError } from '../errors.ts';
import { createObjects } from '../kube/objects.ts';
import { readBody } from '../kube/body.ts';
import { reliable } from '../kube/send.ts';
import type { Wire, World } from '../ports.ts';
import type { JsonObject, Json } from '../spec/types.ts';
import { clusterOptions } from './cluster-options.ts';
import { isOn, textFlag, type Call, type Flags } from './command.ts';
import { durationFlag } from './flags.ts';
import { resolveTarget, type Place } from './fault-target.ts';

const path = '/canary.run/v1/faults';
const usage = 'canary sandbox --help';

export async function setFault(call: Call): Promise<number> {
  const [target, ...more] = call.args;
  if (!target || more.length)
    throw new UsageError('sandbox fault: expected one TARGET: a workload (deployment/podinfo) or an image', usage);
  const fault = faultOf(call.flags);
  if (!Object.keys(fault).length)
    throw new UsageError('sandbox fault: nothing to do; say --errors, --latency, --not-ready or --crash', usage);
  return inSandbox(call, async (world) => {
    const found = resolveTarget(target, await place(world, call.flags));
    await ask(world, { method: 'POST', body: JSON.stringify({ target: found.key, ...fault }) });
    for (const note of found.notes) call.io.stderr.write(`note: ${shownText(note, 500)}\n`);
    call.io.stdout.write(`${shownText(found.shown, 500)}: ${faultText(fault)}\n`);
    call.io.stderr.write(`take it away: canary sandbox clear ${shownText(found.key, 500)}\n`);
    return 0;
  });
}

export async function clearFaults(call: Call): Promise<number> {
  const [target, ...more] = call.args;
  if (target === '' || more.length) throw new UsageError('sandbox clear: expected one TARGET, or none for all', usage);
  return inSandbox(call, async (world) => {
    const before = itemsOf(await ask(world, { method: 'GET' }));
    const key = target === undefined ? undefined : keyAmong(before, target, await place(world, call.flags));
    await ask(world, { method: 'DELETE', query: key === undefined ? '' : `?target=${encodeURIComponent(key)}` });
    const gone = before.filter((item) => key === undefined || item['target'] === key);
    call.io.stdout.write(
      gone.length ? gone.map((item) => `${shownText(String(item['target']), 500)}: well again\n`).join('') : 'nothing to clear\n',
    );
    return 0;
  });
}

/** As it was set; what runs may have changed since. */
function keyAmong(items: readonly JsonObject[], text: string, place: Place): string {
  const keys = items.map((item) => String(item['target']));
  const { key } = resolveTarget(text, place, 'any');
  return keys.find((each) => each === key) ?? keys.find((each) => each.endsWith(`/${text}`)) ?? key;
}

function faultOf(flags: Flags): JsonObject {
  const errors = textFlag(flags, 'errors');
  return {
    ...(errors === undefined ? {} : { errors: share(errors) }),
    ...(textFlag(flags, 'latency') === undefined ? {} : { latencyMs: durationFlag(flags, 'latency') }),
    ...(isOn(flags, 'notReady') ? { notReady: true } : {}),
    ...(isOn(flags, 'crash') ? { crashLoop: true } : {}),
  };
}

function share(text: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent === undefined || Number(percent) > 100) throw new UsageError(`--errors: expected 0% to 100%, got "${text}"`);
  return Number(percent) / 100;
}

function faultText({ errors, latencyMs, notReady, crashLoop }: JsonObject): string {
  const parts = [
    ...(errors === undefined ? [] : [`${Math.round(Number(errors) * 10_000) / 100} % of the answers are errors`]),
    ...(latencyMs === undefined ? [] : [`answers take ${formatDuration(Number(latencyMs))} longer`]),
    ...(notReady === true ? ['pods are not ready'] : []),
    ...(crashLoop === true ? ['containers crash'] : []),
  ];
  return parts.join(', ');
}

/** Looks first whether it is a sandbox: nothing is sent to anything else but this one GET. */
async function inSandbox({ flags, io, parts }: Call, work: (world: World) => Promise<number>): Promise<number> {
  const world = await parts.cluster(clusterOptions(flags), (line) => io.stderr.write(`${line}\n`));
  try {
    await ask(world, { method: 'GET' });
    return await work(world);
  } finally {
    await world.close();
  }
}

async function ask(world: World, wire: Pick<Wire, 'method' | 'body'> & { query?: string }): Promise<JsonObject> {
  const { method, body, query = '' } = wire;
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const send = method === 'GET' ? reliable(world.api, world.clock) : world.api;
  const sent = { method, url: `${path}${query}`, headers, ...(body === undefined ? {} : { body }) };
  const reply = await send(sent, new AbortController().signal);
  const text = await readBody(reply);
  const answer = parsed(text);
  if (reply.status === 200 && isObject(answer) && answer['kind'] === 'SandboxFaultList') return answer;
  const { context } = world.about;
  throw new PreflightError(
    `context ${context} is no sandbox: only a simulated cluster can be made to fail`,
    'canary sandbox start, then the KUBECONFIG that it prints',
  );
}

function itemsOf(answer: JsonObject): JsonObject[] {
  return Array.isArray(answer['items']) ? answer['items'].filter(isObject) : [];
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The workloads that are there, and where one without a namespace is looked for. */
async function place(world: World, flags: Flags): Promise<Place> {
  const namespace = textFlag(flags, 'namespace');
  const here = namespace ?? world.about.namespace;
  const objects = createObjects({ send: reliable(world.api, world.clock), clock: world.clock, namespace: here });
  const lists = await Promise.all(
    ['Deployment', 'DaemonSet'].map((kind) =>
      objects.list({ apiVersion: 'apps/v1', kind }, { everywhere: true }, new AbortController().signal),
    ),
  );
  const workloads = lists.flatMap(({ items }, at) =>
    items.map((item) => ({
      kind: at === 0 ? 'deployment' : 'daemonset',
      name: item.metadata.name,
      namespace: item.metadata.namespace ?? '',
      images: imagesOf(item['spec']),
    })),
  );
  return { workloads, namespace: here, isSure: namespace !== undefined };
}

function imagesOf(spec: unknown): string[] {
  const template = isObject(spec) && isObject(spec['template']) ? spec['template'] : {};
  const pod = isObject(template['spec']) ? template['spec'] : {};
  const containers = Array.isArray(pod['containers']) ? pod['containers'].filter(isObject) : [];
  return containers.flatMap(({ image }) => (typeof image === 'string' ? [image] : []));
}
