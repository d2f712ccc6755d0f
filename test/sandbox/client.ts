// A small client for tests of the sandbox: one request, its parsed answer; a watch as a list of lines.
import type { Obj } from '../../src/contracts.ts';
import type { Headers, Send, Wire } from '../../src/ports.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer as JSON; fields are looked at freely in tests. */
  readonly body: Loose;
}

/** Tests read answers by path; a wrong path is a failing expectation, not a type error. */
export type Loose = ReturnType<typeof JSON.parse>;

export type Ask = (method: Wire['method'], url: string, body?: unknown, headers?: Headers) => Promise<Answer>;

export function client(send: Send): Ask {
  return async (method, url, body, headers = {}) => {
    const reply = await send(
      { method, url, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
      new AbortController().signal,
    );
    let text = '';
    for await (const chunk of reply.body) text += new TextDecoder().decode(chunk);
    return { status: reply.status, headers: reply.headers, text, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
}

export const MERGE: Headers = { 'content-type': 'application/merge-patch+json' };
export const JSON_PATCH: Headers = { 'content-type': 'application/json-patch+json' };
export const STRATEGIC: Headers = { 'content-type': 'application/strategic-merge-patch+json' };

/** Collects the events of a watch until told to stop. */
export async function startWatch(
  send: Send,
  url: string,
  headers: Headers = {},
): Promise<{ events: Loose[]; stop(): Promise<void>; ended: Promise<void> }> {
  const control = new AbortController();
  const reply = await send({ method: 'GET', url, headers }, control.signal);
  const events: Loose[] = [];
  const ended = (async () => {
    let text = '';
    for await (const chunk of reply.body) {
      text += new TextDecoder().decode(chunk);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      events.push(...lines.map((line) => JSON.parse(line)));
    }
  })();
  return {
    events,
    ended,
    async stop() {
      control.abort();
      await ended;
    },
  };
}

export function virtualSandbox(): Sandbox & { ask: Ask } {
  const sandbox = createSandbox({ clock: 'virtual', user: 'ana' });
  return { ...sandbox, ask: client(sandbox.api) };
}

export function pause(sandbox: Sandbox, ms: number): Promise<void> {
  return sandbox.clock.sleep(ms, new AbortController().signal);
}

export const DEPLOYMENTS = '/apis/apps/v1/namespaces/test/deployments';

export function deployment(name: string, spec: Record<string, unknown> = {}, image = 'podinfo:3.1.0'): Obj {
  const labels = { app: name };
  const containers = [{ name: 'podinfod', image, ports: [{ name: 'http', containerPort: 9898 }] }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'test', labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, ...spec },
  };
}

export function service(name: string, app: string, ports: unknown = [{ name: 'http', port: 9898 }]): Obj {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'test' }, spec: { selector: { app }, ports } };
}

export function configMap(name: string, data: Record<string, string>, metadata: Record<string, unknown> = {}): Obj {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test', ...metadata }, data };
}

/** A Deployment as read now. */
export function read(sandbox: Sandbox, kind: string, name: string): Loose {
  return sandbox.world.get(kind, 'test', name);
}
