// Which way is chosen where something is missing: Services, rights, ports. The API server is a table of answers; what leaves the process is kept.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { bodyOf } from '../../src/kube/body.ts';
import { reaching, type Reaching } from '../../src/kube/reach/reach.ts';
import type { ReachOptions } from '../../src/kube/reach/room.ts';
import type { HttpWire, Wire, WireReply } from '../../src/ports.ts';
import { realClock } from '../../src/runner/clock.ts';

type Answer = { status: number; json?: object; text?: string };

/** By the end of the path. */
let answers: Record<string, Answer>;
/** As `verb resource name`; what stands here is refused. */
let refused: string[];
let asked: string[];
let outside: HttpWire[];
let isDead: boolean;

beforeEach(() => {
  answers = { 'services/prom': service({ ports: [{ port: 9090, targetPort: 'web' }] }) };
  [refused, asked, outside, isDead] = [[], [], [], false];
});

function service(spec: object, name = 'prom'): Answer {
  const whole = { clusterIPs: ['10.96.0.7'], selector: { app: 'prom' }, ...spec };
  return { status: 200, json: { kind: 'Service', apiVersion: 'v1', metadata: { name, namespace: 'mon' }, spec: whole } };
}

function status(code: number, reason: string, message: string): Answer {
  return { status: code, json: { kind: 'Status', apiVersion: 'v1', code, reason, message, details: { name: 'prom', kind: 'services' } } };
}

const forbidden = status(403, 'Forbidden', 'services "prom" is forbidden: User "ci" cannot get resource "services" in API group ""');
const noReady: Answer = { status: 200, json: { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] } };

function replied({ status: code, json, text }: Answer): WireReply {
  const headers = { 'content-type': json ? 'application/json' : 'text/html' };
  return { status: code, headers, body: bodyOf(new TextEncoder().encode(json ? JSON.stringify(json) : (text ?? ''))) };
}

function answered({ method, url, body }: Wire): WireReply {
  const path = url.split('?')[0] ?? '';
  asked.push(`${method} ${path}`);
  if (path.endsWith('selfsubjectrulesreviews')) return replied(reviewed({ resourceRules: [] }));
  if (path.endsWith('selfsubjectaccessreviews')) {
    const { spec } = JSON.parse(body ?? '') as { spec: { resourceAttributes: Record<string, string> } };
    const { verb, resource, subresource, name } = spec.resourceAttributes;
    const right = [verb, [resource, subresource].filter(Boolean).join('/'), name].filter(Boolean).join(' ');
    return replied(reviewed({ allowed: !refused.includes(right) }));
  }
  const found = Object.keys(answers).find((end) => path.endsWith(end));
  return replied((found === undefined ? undefined : answers[found]) ?? status(404, 'NotFound', 'not found'));
}

function reviewed(what: object): Answer {
  return { status: 201, json: { kind: 'Review', apiVersion: 'authorization.k8s.io/v1', metadata: {}, status: what } };
}

type Entered = Reaching & { readonly notes: string[]; get(url: string): Promise<string> };

function enter(mode: ReachOptions['mode']): Entered {
  const notes: string[] = [];
  const reach = reaching({
    mode,
    connection: {
      send: async (wire) => answered(wire),
      exchange: async (wire) => answered(wire),
      upgrade: () => Promise.reject(new Error('nobody may open a port here')),
    },
    async http(wire) {
      outside.push(wire);
      if (isDead) throw new Error('ENOTFOUND');
      return replied({ status: 200, text: 'from outside' });
    },
    clock: realClock(),
    note: (line) => notes.push(line),
    around: { resolve: async () => [], knock: async () => false },
  });
  const get = (url: string): Promise<string> =>
    reach.send(wireTo(url), new AbortController().signal).then(
      ({ status: code }) => `HTTP ${code}`,
      (error: Error) => error.message,
    );
  return { ...reach, notes, get };
}

function wireTo(url: string, more: Partial<HttpWire> = {}): HttpWire {
  return { method: 'GET', url, headers: {}, home: 'mon', ...more };
}

function check(reach: Reaching, ...wires: HttpWire[]): Promise<string[]> {
  return reach.check(wires, new AbortController().signal);
}

const explicit = ['proxy', 'port-forward'] as const;
const gone = 'there is no Service nosuch in namespace mon';

describe('no such Service', () => {
  for (const mode of explicit) {
    test.each(['nosuch', 'nosuch.mon.svc', 'nosuch.mon.svc.cluster.local', 'nosuch.mon.svc.corp.example'])(
      `${mode}: %s is refused`,
      async (host) => {
        expect(await enter(mode).get(`http://${host}:9090/`)).toBe(gone);
        expect(outside).toEqual([]);
      },
    );
    test(`${mode}: two words may be a site, which is told where it hardly is`, async () => {
      const reach = enter(mode);
      expect([await reach.get('http://nosuch.mon:9090/'), await reach.get('http://example.com/')]).toEqual(['HTTP 200', 'HTTP 200']);
      expect(reach.notes).toEqual(['reach nosuch.mon:9090: directly, as there is no such Service']);
    });
  }

  test('auto: asked as it is, and told', async () => {
    const reach = enter('auto');
    for (const url of ['http://nosuch.mon:9090/', 'http://nosuch:9090/', 'http://example.com/'])
      expect(await reach.get(url)).toBe('HTTP 200');
    expect(reach.notes).toEqual(['reach nosuch.mon:9090: directly, as there is no such Service']);
  });

  test.each(['auto', ...explicit] as const)('%s: a 404 that is not the API server’s is no answer', async (mode) => {
    answers['services/prom'] = { status: 404, text: '<h1>no healthy upstream</h1>' };
    expect(await enter(mode).get('http://prom.mon:9090/')).toContain('about Service prom in namespace mon is not understood');
    expect(outside).toEqual([]);
  });
});

describe('Services that may not be looked at', () => {
  beforeEach(() => {
    answers['services/prom'] = forbidden;
  });
  const rule = 'add the rule {apiGroups: [""], resources: ["services"], verbs: ["get"], resourceNames: ["prom"]} in a Role of namespace';

  test.each(explicit)('%s: a name that ends like a site is never asked', async (mode) => {
    expect(await enter(mode).get('http://prom.dev:9090/')).toContain(`${rule} dev`);
    expect(outside).toEqual([]);
  });

  test('auto: asked as it is; the missing right is told with what fails', async () => {
    const reach = enter('auto');
    expect(await reach.get('http://prom.mon:9090/')).toBe('HTTP 200');
    expect(await reach.get('http://prom.dev:9090/')).toBe('HTTP 200');
    expect(reach.notes).toEqual(['reach prom.mon:9090: directly, as Services there may not be looked at']);
    isDead = true;
    expect(await reach.get('http://prom.dev:9090/')).toMatch(/^ENOTFOUND; not allowed to get Service prom in namespace dev: /);
    expect(await reach.get('http://prom.mon:9090/')).toContain(`${rule} mon`);
  });

  test('a Role that is mended is seen by the next request', async () => {
    const reach = enter('auto');
    await reach.get('http://prom:9090/');
    answers = { 'services/prom': service({ ports: [{ port: 9090 }] }), 'services/prom:9090/proxy/': { status: 200, text: 'up' } };
    expect(await reach.get('http://prom:9090/')).toBe('HTTP 200');
    expect([outside.length, asked.at(-1)]).toEqual([1, 'GET /api/v1/namespaces/mon/services/prom:9090/proxy/']);
  });
});

test('a Service that is mended is seen by the next request', async () => {
  const reach = enter('proxy');
  expect(await reach.get('http://prom:9191/')).toContain('has no port 9191, only 9090');
  answers = { 'services/prom': service({ ports: [{ port: 9191 }] }), 'services/prom:9191/proxy/': { status: 200, text: 'up' } };
  expect(await reach.get('http://prom:9191/')).toBe('HTTP 200');
});

test('a right that came while nobody could be forwarded to is asked for anew', async () => {
  refused = ['get services/proxy prom:9090'];
  answers['mon/pods'] = noReady;
  const reach = enter('auto');
  expect(await reach.get('http://prom:9090/')).toContain('no pod of Service prom');
  refused = [];
  answers['services/prom:9090/proxy/'] = { status: 200, text: 'up' };
  expect(await reach.get('http://prom:9090/')).toBe('HTTP 200');
});

test('a domain that may be another cluster’s is told', async () => {
  answers['services/prom:9090/proxy/'] = { status: 200, text: 'up' };
  const reach = enter('proxy');
  for (const host of ['prom.mon.svc.corp.example', 'prom.mon.svc.cluster.local']) await reach.get(`http://${host}:9090/`);
  expect(reach.notes).toEqual([
    'reach prom.mon:9090 (prom.mon.svc.corp.example): through the API server (services/proxy)',
    'reach prom.mon:9090: through the API server (services/proxy)',
  ]);
});

test.each([
  ['prom.mon.svc', undefined],
  ['prom.mon.svc.cluster.local.', undefined],
  ['prom.mon.svc.corp.example', 'prom.mon.svc.corp.example'],
  ['prom.mon.svc.clusterset.local', 'prom.mon.svc.clusterset.local'],
])('an ExternalName of %s', async (externalName, dialled) => {
  answers['services/other'] = service({ type: 'ExternalName', externalName }, 'other');
  answers['services/prom:9090/proxy/'] = { status: 200, text: 'up' };
  expect(await enter('auto').get('http://other:9090/')).toBe('HTTP 200');
  expect(outside[0]?.dial?.host).toBe(dialled);
});

test('a headless Service whose target has a name goes through the API server', async () => {
  answers['services/prom'] = service({ clusterIPs: ['None'], ports: [{ name: 'web', port: 9090, targetPort: 'web' }] });
  answers['services/prom:9090/proxy/'] = { status: 200, text: 'up' };
  const reach = enter('proxy');
  expect(await reach.get('http://prom:9090/')).toBe('HTTP 200');
  expect(await reach.get('http://prom:9091/')).toContain('has no port of its own that is 9091');
});

describe('checked beforehand', () => {
  const line = (resource: string, verbs: string[], name?: string): string =>
    `{apiGroups: [""], resources: ["${resource}"], verbs: ["${verbs.join('", "')}"]${name ? `, resourceNames: ["${name}"]` : ''}} in a Role of namespace mon`;
  const all = [wireTo('http://prom:9090/'), wireTo('http://prom.mon:9090/', { method: 'POST' })];

  test.each(['auto', ...explicit] as const)('%s: nothing stands in the way, nothing is sent, opened or told', async (mode) => {
    const reach = enter(mode);
    expect(await check(reach, ...all, wireTo('http://127.0.0.1/'), wireTo('http://example.com/'))).toEqual([]);
    expect([outside, reach.notes, asked.filter((one) => /\/proxy|\/pods/.test(one))]).toEqual([[], [], []]);
  });

  test('proxy: rights by verb and name, one line for a Service', async () => {
    refused = ['get services/proxy prom:9090', 'create services/proxy prom:9090'];
    expect(await check(enter('proxy'), ...all)).toEqual([
      `prom.mon:9090: not allowed to go through the API server: add the rule ${line('services/proxy', ['get', 'create'], 'prom:9090')}`,
    ]);
    refused = ['create services/proxy prom:9090'];
    expect(await check(enter('proxy'), ...all)).toEqual([expect.stringContaining(line('services/proxy', ['create'], 'prom:9090'))]);
    expect(await check(enter('proxy'), wireTo('http://prom:9090/'))).toEqual([]);
  });

  test.each([
    ['34', ['get']],
    ['34+', ['get']],
    ['35', ['get', 'create']],
    [undefined, ['get', 'create']],
  ])('port-forward, Kubernetes 1.%s', async (minor, verbs) => {
    if (minor !== undefined) answers['/version'] = { status: 200, json: { major: '1', minor } };
    refused = ['list pods', 'get pods/portforward', 'create pods/portforward'];
    expect(await check(enter('port-forward'), ...all)).toEqual([
      `prom.mon:9090: not allowed to go by port-forward: add the rule ${line('pods', ['list'])} and the rule ${line('pods/portforward', verbs)}`,
    ]);
  });

  test('auto: of the way that would be gone', async () => {
    refused = ['get services/proxy prom:9090', 'create pods/portforward'];
    expect(await check(enter('auto'), wireTo('http://prom:9090/'))).toEqual([
      `prom.mon:9090: not allowed to go by port-forward: add the rule ${line('pods/portforward', ['create'])}`,
    ]);
  });

  test('what no way can do, each once', async () => {
    const wires = [
      wireTo('http://nosuch:9090/'),
      wireTo('http://nosuch:9090/'),
      wireTo('http://prom:1/'),
      wireTo('http://u:p@prom:9090/'),
      wireTo('https://prom:9090/'),
    ];
    expect(await check(enter('proxy'), ...wires)).toEqual([
      `nosuch.mon:9090: ${gone}`,
      expect.stringMatching(/^prom\.mon:1: Service prom in namespace mon has no port 1, only 9090/),
      expect.stringMatching(/^prom\.mon:9090: not through the API server: .*passwords/),
      expect.stringMatching(/^prom\.mon:9090: not through the API server: .*certificate/),
    ]);
    expect(await check(enter('auto'), ...wires)).toEqual([expect.stringMatching(/has no port 1/)]);
    expect(await check(enter('port-forward'), wireTo('http://u:p@prom:1/'))).toEqual([expect.stringMatching(/has no port 1/)]);
  });

  test('an address out of a Secret is not told', async () => {
    const [said, ...more] = await check(enter('proxy'), wireTo('http://nosuch:9090/', { hidden: true }));
    expect([said, more]).toEqual([expect.stringContaining('an address that stands in a Secret'), []]);
    expect(said).not.toContain('nosuch');
  });

  test('where nobody may ask for rights, nothing is known', async () => {
    const reach = reaching({
      mode: 'proxy',
      connection: {
        send: async (wire) => (wire.url.includes('selfsubject') ? replied(forbidden) : answered(wire)),
        exchange: async (wire) => answered(wire),
        upgrade: () => Promise.reject(new Error('no')),
      },
      http: () => Promise.reject(new Error('no')),
      clock: realClock(),
      note: () => undefined,
    });
    expect(await check(reach, ...all)).toEqual([]);
  });

  test('whoever asked may stop waiting', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(enter('proxy').check(all, stop.signal)).rejects.toThrow('enough');
  });
});
