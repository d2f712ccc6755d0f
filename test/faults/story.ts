// Hand-made logs for the checker's own tests: a few objects, a clock and a list of named steps that a test can drop, change or add to.
// No driver and no cluster: a step says outright what is stored afterwards.
import type { Entry, Log, Observed } from './log.ts';
import { createLog, viewOf } from './log.ts';
import { objectPath } from './paths.ts';
import type { Setup } from './setup.ts';

const namespace = 'test';
const core = `/api/v1/namespaces/${namespace}`;
export const PATHS = {
  target: `/apis/apps/v1/namespaces/${namespace}/deployments/podinfo`,
  primary: `/apis/apps/v1/namespaces/${namespace}/deployments/podinfo-primary`,
  apex: `${core}/services/podinfo`,
  route: `/apis/networking.istio.io/v1beta1/namespaces/${namespace}/virtualservices/podinfo`,
  record: `${core}/configmaps/canary-deployment-podinfo`,
} as const;
export type Thing = keyof typeof PATHS;

export const SETUP: Setup = {
  namespace,
  target: 'podinfo',
  apex: 'podinfo',
  provider: 'istio',
  drainMs: 10_000,
  answers: [
    { name: 'request-success-rate', is: 'metric', has: ['requests_total'], min: 99 },
    { name: 'load', is: 'hook', url: '/load' },
  ],
  steps: [10, 20],
};

export interface Story {
  readonly log: Log;
  readonly objects: Map<string, unknown>;
  readonly ready: { primary: number; canary: number };
  t: number;
}

export interface Step {
  readonly name: string;
  run(story: Story): void;
}

export function tell(steps: readonly Step[]): Log {
  const objects = new Map<string, unknown>();
  const ready = { primary: 0, canary: 0 };
  const story: Story = {
    log: createLog(
      SETUP,
      observed(objects, ready, () => story.t),
    ),
    objects,
    ready,
    t: 1_000_000,
  };
  for (const step of steps) {
    story.t += 1000;
    step.run(story);
  }
  return story.log;
}

function observed(objects: Map<string, unknown>, ready: Story['ready'], now: () => number): Observed {
  const readyPods: Observed['readyPods'] = (_, labels) => (labels['app'] === 'podinfo-primary' ? ready.primary : ready.canary);
  return { now, object: (path) => objects.get(path), readyPods };
}

type Sent = Pick<Entry, 'actor' | 'verb' | 'path'> & Partial<Entry>;

/** One entry as the recorder would write it; a write that was accepted stores `stored` (undefined: nothing is left). */
export function add(story: Story, sent: Sent, stored?: unknown): void {
  const { log, objects } = story;
  const path = objectPath(sent.path, sent.verb, sent.body);
  const seen = {
    query: '',
    rvSent: undefined,
    key: undefined,
    body: undefined,
    status: 200,
    reply: '',
    sentAt: log.entries.length,
    ...sent,
  };
  const before = objects.get(path);
  if (sent.actor !== 'http' && sent.verb !== 'GET' && seen.status < 300) objects.set(path, stored);
  const after = objects.get(path);
  log.entries.push({ ...seen, seq: log.entries.length, t: story.t, before, after, view: viewOf(log.world, log.subject) });
}

/** A driver, or 'user', makes a thing be so: by POST where there was none, else by a conditional PATCH. */
export function put(actor: string, thing: Thing, stored: unknown, sent: Partial<Entry> = {}): Step {
  const run = (story: Story): void => {
    const path = PATHS[thing];
    const created = story.objects.get(path) === undefined;
    const create = { verb: 'POST', path: path.slice(0, path.lastIndexOf('/')), body: stored } as const;
    const merge = { verb: 'PATCH', path, rvSent: '7', body: {} } as const;
    add(story, { actor, ...(created ? create : merge), ...sent }, stored);
  };
  return { name: `${actor} puts ${thing}`, run };
}

export function named(name: string, step: Step): Step {
  return { ...step, name };
}

export function becomeReady(primary: number, canary: number): Step {
  return { name: `ready ${primary}/${canary}`, run: (story) => void Object.assign(story.ready, { primary, canary }) };
}

export function pass(ms: number): Step {
  return { name: 'time passes', run: (story) => void (story.t += ms) };
}

/** The driver looks: an entry that changes nothing. */
export function look(actor: string): Step {
  return { name: `${actor} looks`, run: (story) => add(story, { actor, verb: 'GET', path: PATHS.route }) };
}

export function metric(value: string, sent: Partial<Entry> = {}): Step {
  const reply = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1, value] }] } });
  const query = new URLSearchParams({ query: 'rate(requests_total[1m])' }).toString();
  const path = 'http://prometheus:9090/api/v1/query';
  return { name: 'metric', run: (story) => add(story, { actor: 'http', verb: 'GET', path, query, reply, ...sent }) };
}

export function hook(status = 200): Step {
  return { name: 'hook', run: (story) => add(story, { actor: 'http', verb: 'POST', path: 'http://tester.test/load', status, body: {} }) };
}

const stamped = (epoch: number | undefined): object => (epoch === undefined ? {} : { labels: { 'canary.run/epoch': String(epoch) } });

export function deployment(name: string, image: string, replicas: number, epoch?: number): object {
  return {
    metadata: { name, ...stamped(epoch) },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image, envFrom: [{ configMapRef: { name: `${name}` } }] }] },
      },
    },
  };
}

export function service(app: string): object {
  return { metadata: { name: 'podinfo' }, spec: { selector: { app } } };
}

export function virtualService(canary: unknown, primary: unknown = 100 - Number(canary), epoch = 1): object {
  const to = (side: string, weight: unknown): object => ({ destination: { host: `podinfo-${side}` }, weight });
  return { metadata: { name: 'podinfo', ...stamped(epoch) }, spec: { http: [{ route: [to('primary', primary), to('canary', canary)] }] } };
}

export function stateRecord(phase: string, state: Readonly<Record<string, unknown>> = {}): object {
  const whole = {
    epoch: 1,
    driver: 'A',
    run: 'r1',
    traffic: { kind: 'split', canary: 0 },
    iterations: 0,
    failedChecks: 0,
    check: { no: 0 },
    passed: [],
    ...state,
    phase,
  };
  return { metadata: { name: 'canary-deployment-podinfo' }, data: { state: JSON.stringify(whole) } };
}

/** The steps with one of them replaced; by none, it is left out. Naming a step that there is not throws: the test would prove nothing. */
export function instead(steps: readonly Step[], name: string, ...others: readonly Step[]): Step[] {
  const index = steps.findIndex((step) => step.name === name);
  if (index < 0) throw new Error(`no step '${name}' in ${steps.map((step) => step.name).join(', ')}`);
  return steps.toSpliced(index, 1, ...others);
}

export function after(steps: readonly Step[], name: string, ...others: readonly Step[]): Step[] {
  const step = steps.find((one) => one.name === name);
  return instead(steps, name, ...(step ? [step] : []), ...others);
}

export function until(steps: readonly Step[], name: string): Step[] {
  return steps.slice(0, steps.findIndex((step) => step.name === name) + 1);
}
