// `canary rbac`: a Role and a RoleBinding out of files alone.
import { describe, expect, test } from '@jest/globals';
import yaml from 'js-yaml';
import { main } from '../../src/cli/main.ts';
import { fakeIo, fakeParts } from './fake-io.ts';
import { broken, frontend, podinfo } from './specs.ts';

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

interface Printed {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string };
  rules: Rule[];
  roleRef: unknown;
  subjects: unknown[];
}

async function rbac(stdin: string, ...flags: string[]) {
  const io = fakeIo({ stdin });
  const exit = await main(['rbac', '-', ...flags], io, fakeParts());
  return { exit, out: io.out(), err: io.err(), objects: yaml.loadAll(io.out()) as Printed[] };
}

const secretOf = { key: 'k', name: 'keys' };

function deployment(env: unknown = undefined, name = 'podinfo', namespace = 'test'): string {
  const containers = [{ name: 'app', image: 'app:1', ...(env ? { env: [{ name: 'K', valueFrom: env }] } : {}) }];
  const template = { metadata: { labels: { app: name } }, spec: { containers } };
  const spec = { selector: { matchLabels: { app: name } }, template };
  return `---\n${yaml.dump({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace }, spec })}`;
}

const tls = `---\n${yaml.dump({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'keys', namespace: 'test' } })}`;

function rulesOn(resource: string, { rules }: Pick<Printed, 'rules'>): (string | string[])[][] {
  return rules
    .filter(({ resources }) => resources.includes(resource))
    .map(({ verbs, resourceNames = [] }) => [verbs.join(' '), resourceNames]);
}

function first({ objects }: { objects: Printed[] }): Printed {
  const [role] = objects;
  if (!role) throw new Error('nothing was printed');
  return role;
}

describe('what is printed', () => {
  test('reads well, and says what made it', async () => {
    const { exit, out, err } = await rbac(podinfo + deployment());
    expect([exit, err]).toEqual([0, expect.not.stringContaining('not among')]);
    expect(out.split('\n').slice(0, 20)).toEqual([
      '# made by canary 0.1.0: canary rbac -',
      '# All that run, heal, status, describe and delete of podinfo ask for in namespace test.',
      '# Not in it: looking at all namespaces at once (-A), and what run --apply applies.',
      'apiVersion: rbac.authorization.k8s.io/v1',
      'kind: Role',
      'metadata:',
      '  name: canary-podinfo',
      '  namespace: test',
      'rules:',
      '  - apiGroups: [""]',
      '    resources: ["configmaps", "services"]',
      '    verbs: ["get", "list", "watch", "create"]',
      '  - apiGroups: [""]',
      '    resources: ["configmaps"]',
      '    resourceNames: ["canary-deployment-podinfo", "canary-deployment-podinfo-kept"]',
      '    verbs: ["patch", "delete"]',
      '  - apiGroups: [""]',
      '    resources: ["events"]',
      '    verbs: ["list", "create", "patch"]',
      '  - apiGroups: [""]',
    ]);
  });

  test('a Role and its binding, to the ServiceAccount canary of that namespace', async () => {
    const { objects } = await rbac(podinfo + deployment());
    const [role, binding] = objects;
    expect(objects.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }))).toEqual(
      ['Role', 'RoleBinding'].map((kind) => {
        return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: 'canary-podinfo', namespace: 'test' } };
      }),
    );
    expect(binding?.roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'canary-podinfo' });
    expect(binding?.subjects).toEqual([{ kind: 'ServiceAccount', namespace: 'test', name: 'canary' }]);
    expect(rulesOn('deployments', role ?? { rules: [] })).toEqual([
      ['get list watch create', []],
      ['patch', ['podinfo', 'podinfo-primary']],
      ['delete', ['podinfo-primary']],
    ]);
  });

  test('each canary has a Role of its own, so that what is applied for one replaces no other', async () => {
    const elsewhere = frontend.replaceAll('namespace: test', 'namespace: prod');
    const { objects } = await rbac(`${podinfo}---\n${frontend}---\n${elsewhere}`);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'Role test/canary-podinfo',
      'RoleBinding test/canary-podinfo',
      'Role test/canary-frontend',
      'RoleBinding test/canary-frontend',
      'Role prod/canary-frontend',
      'RoleBinding prod/canary-frontend',
    ]);
    const roles = objects.filter(({ kind }) => kind === 'Role');
    expect(roles.map((role) => rulesOn('deployments', role).find(([verbs]) => verbs === 'patch')?.[1])).toEqual([
      ['podinfo', 'podinfo-primary'],
      ['frontend', 'frontend-primary'],
      ['frontend', 'frontend-primary'],
    ]);
    expect((await rbac(frontend)).objects).toEqual(objects.slice(2, 4));
  });

  test('-n is told as it is: no kubeconfig is read', async () => {
    for (const command of ['rbac', 'validate']) {
      const io = fakeIo({});
      await main([command, '--help'], io, fakeParts());
      expect(io.out()).toContain('the namespace (else the file’s, else default)');
    }
    const { objects } = await rbac(podinfo.replace(/^ *namespace: test\n/gm, ''));
    expect(objects.map(({ metadata }) => metadata.namespace)).toEqual(['default', 'default']);
  });
});

describe('objects that the files hold', () => {
  const service = (labels: object = {}): string =>
    `---\n${yaml.dump({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'podinfo', namespace: 'test', labels }, spec: {} })}`;
  const route = `---\n${yaml.dump({
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'VirtualService',
    metadata: { name: 'podinfo', namespace: 'test' },
    spec: { hosts: ['podinfo'], http: [] },
  })}`;

  test('are neither made nor taken away, only changed', async () => {
    const role = first(await rbac(podinfo + deployment() + service() + route));
    expect(rulesOn('services', role)).toEqual([
      ['get list watch create', []],
      ['patch', ['podinfo', 'podinfo-canary', 'podinfo-primary']],
      ['delete', ['podinfo-canary', 'podinfo-primary']],
    ]);
    expect(rulesOn('virtualservices', role)).toEqual([
      ['get list watch', []],
      ['patch', ['podinfo']],
    ]);
  });

  test('may be what was made here, brought back from a cluster', async () => {
    const role = first(await rbac(podinfo + deployment() + service({ 'app.kubernetes.io/managed-by': 'canary' })));
    expect(rulesOn('services', role)).toContainEqual(['patch delete', ['podinfo', 'podinfo-canary', 'podinfo-primary']]);
  });
});

describe('who gets it', () => {
  test.each<[string[], object]>([
    [['--user', 'ana@example.com'], { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ana@example.com' }],
    [['--group', 'release: [team]'], { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'release: [team]' }],
    [['--service-account', 'deployer'], { kind: 'ServiceAccount', namespace: 'test', name: 'deployer' }],
    [['--service-account', 'ci/deployer'], { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }],
  ])('%j', async (flags, subject) => {
    expect((await rbac(podinfo, ...flags)).objects[1]?.subjects).toEqual([subject]);
  });

  test.each([
    [['--user', 'a', '--group', 'b']],
    [['--user', '']],
    [['--service-account', 'a/b/c']],
    [['--service-account', '/canary']],
    [['--service-account', 'No Name']],
  ])('%j is wrong usage: exit 2', async (flags) => {
    const { exit, out } = await rbac(podinfo, ...flags);
    expect([exit, out]).toEqual([2, '']);
  });
});

describe('Secrets', () => {
  test('none, where neither the pods nor a template names one', async () => {
    expect(rulesOn('secrets', first(await rbac(podinfo + deployment())))).toEqual([]);
  });

  test('read, made and taken away, where the primary gets copies; with a word on why no names stand there', async () => {
    const printed = await rbac(podinfo + deployment({ secretKeyRef: secretOf }));
    expect(rulesOn('secrets', first(printed))).toEqual([['get create delete', []]]);
    expect(printed.out).toContain('  # The primary gets copies');
  });

  test('read by name alone, where the file shows that it is not copied', async () => {
    const printed = await rbac(podinfo + deployment({ secretKeyRef: secretOf }) + tls);
    expect(rulesOn('secrets', first(printed))).toEqual([['get', ['keys']]]);
  });

  test('copies of ConfigMaps may be taken away under any name', async () => {
    const printed = await rbac(podinfo + deployment({ configMapKeyRef: secretOf }));
    expect(rulesOn('configmaps', first(printed))).toEqual([
      ['get list watch create delete', []],
      ['patch', ['canary-deployment-podinfo', 'canary-deployment-podinfo-kept']],
    ]);
  });
});

describe('what a canary refers to', () => {
  const document = yaml.load(podinfo) as { spec: { analysis: { metrics?: unknown[] } } };
  const metric = { name: 'latency', templateRef: { name: 'latency', namespace: 'metrics' }, thresholdRange: { max: 1 }, interval: '1m' };
  document.spec.analysis.metrics = [metric];
  const referring = yaml.dump(document);
  const provider = { type: 'prometheus', address: 'http://prom:9090', secretRef: { name: 'prom' } };
  const metadata = { name: 'latency', namespace: 'metrics' };
  const template = `---\n${yaml.dump({ apiVersion: 'flagger.app/v1beta1', kind: 'MetricTemplate', metadata, spec: { provider, query: 'up' } })}`;

  test('in another namespace has a Role of its own there, for the same account', async () => {
    const { objects } = await rbac(referring + deployment());
    const [, , role, binding] = objects;
    expect(role?.metadata).toEqual({ name: 'canary-test-podinfo', namespace: 'metrics' });
    expect(role?.rules).toEqual([
      { apiGroups: ['flagger.app'], resources: ['metrictemplates'], resourceNames: ['latency'], verbs: ['get'] },
    ]);
    expect(binding?.subjects).toEqual([{ kind: 'ServiceAccount', namespace: 'test', name: 'canary' }]);
  });

  test('from a file needs only its Secret', async () => {
    const { objects, err } = await rbac(referring + deployment() + template);
    expect(objects[2]?.rules).toEqual([{ apiGroups: [''], resources: ['secrets'], resourceNames: ['prom'], verbs: ['get'] }]);
    expect(err).not.toContain('not among the files');
  });

  test('and is not among the files is told: what it names is not known', async () => {
    const { exit, err } = await rbac(referring);
    expect(exit).toBe(0);
    expect(err).toMatch(/^note: Deployment podinfo\.test is not among the files: /m);
    expect(err).toMatch(/^note: MetricTemplate latency\.metrics is not among the files: /m);
  });
});

describe('refusals', () => {
  test('a file that is not valid: exit 3, nothing printed', async () => {
    const { exit, out, err } = await rbac(broken);
    expect([exit, out]).toEqual([3, '']);
    expect(err).toContain('thresold');
  });

  test('a namespace unlike the one in the file: exit 3', async () => {
    expect(await rbac(podinfo, '-n', 'prod')).toMatchObject({ exit: 3, out: '' });
  });
});

describe('for a run from outside the cluster', () => {
  const hooked = podinfo.replace(
    '    metrics:\n',
    `    webhooks:
      - name: load
        url: http://loadtester.tools.svc.cluster.local/hook
      - name: outside
        url: http://example.com/hook
    metrics:
`,
  );
  const seen = (name: string): [string, string[]] => ['get', [name]];

  test('by the API server’s proxy: each Service by the name that its address has there', async () => {
    const { objects, err, out } = await rbac(hooked + deployment(), '--reach', 'proxy', '--metrics-url', 'http://prom.mon:9090/p');
    const roles = objects.filter(({ kind }) => kind === 'Role');
    expect(roles.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'test/canary-podinfo',
      'mon/canary-test-podinfo',
      'tools/canary-test-podinfo',
    ]);
    const [, mon, tools] = roles.map((role) => [...rulesOn('services', role), ...rulesOn('services/proxy', role)]);
    expect(mon).toEqual([seen('prom'), ['get', ['prom:9090']]]);
    expect(tools).toEqual([seen('loadtester'), ['create', ['loadtester:80']]]);
    expect(err).toContain('note: example.com is taken for a site outside the cluster');
    expect(out).toContain('canary rbac - --reach proxy\n');
  });

  test('what the API server’s proxy cannot carry gets no rule, and a word', async () => {
    const verified = hooked.replace('http://loadtester', 'https://loadtester');
    const { objects, err } = await rbac(verified + deployment(), '--reach', 'proxy', '--metrics-url', 'http://prom.mon:9090');
    expect(objects.filter(({ metadata }) => metadata.namespace === 'tools')).toEqual([]);
    expect(err).toContain('note: loadtester.tools:443 cannot be asked through the API server');
    expect(err).toContain('take --reach port-forward');
  });

  test('by port-forward: the pods, whatever they are called', async () => {
    const { objects } = await rbac(podinfo + deployment(), '--reach', 'port-forward', '--metrics-url', 'http://prom.mon:9090');
    const role = objects.find(({ metadata }) => metadata.namespace === 'mon') ?? { rules: [] };
    expect(rulesOn('services', role)).toEqual([seen('prom')]);
    expect(rulesOn('pods', role)).toEqual([['list', []]]);
    expect(rulesOn('pods/portforward', role)).toEqual([['get create', []]]);
  });

  test('directly: nothing more', async () => {
    expect((await rbac(hooked, '--reach', 'direct')).out).toBe((await rbac(hooked)).out);
  });

  test('auto is no way: exit 2, and what to choose', async () => {
    const { exit, out, err } = await rbac(podinfo, '--reach', 'auto');
    expect([exit, out]).toEqual([2, '']);
    expect(err).toMatch(/proxy.*port-forward.*direct/);
  });
});
