// The Protobuf of kubectl's own `create` commands, as kubectl 1.34 sent it, and what is refused by name.
import { expect, test } from '@jest/globals';
import { client, virtualSandbox, type Answer, type Loose } from './client.ts';

const PROTOBUF = { 'content-type': 'application/vnd.kubernetes.protobuf', accept: 'application/vnd.kubernetes.protobuf,application/json' };

async function post(url: string, body: string): Promise<Answer & { read(url: string): Promise<Loose> }> {
  const { api, ask } = virtualSandbox();
  const raw: typeof api = (wire, signal) => api({ ...wire, body }, signal);
  const answer = await client(raw)('POST', url, undefined, PROTOBUF);
  return { ...answer, read: async (path) => (await ask('GET', path)).body };
}

const DEPLOYMENT =
  'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50EsABCiMKA3dlYhIAGgR0ZXN0IgAqADIAOABCAFoKCgNhcHASA3dlYhKKAQgCEgwKCgoDYXBwEgN3ZWIacAocCgASABoAIgAqADIA' +
  'OABCAFoKCgNhcHASA3dlYhJQEjIKBW5naW54EgluZ2lueDoxLjAqADIKCgAQABhQIgAqAEIAagByAIABAIgBAJABAKIBABoAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoA' +
  'KAA4ABoMCAAQABgAIAAoADgAGgAiAA==';
const SECRET = 'azhzAAoMCgJ2MRIGU2VjcmV0EiIKFQoBcxIAGgR0ZXN0IgAqADIAOABCABIHCgFhEgLDvBoAGgAiAA==';
const NAMESPACE = 'azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhwKFAoEc2hvcBIAGgAiACoAMgA4AEIAEgAaAgoAGgAiAA==';

test('create namespace', async () => {
  const { status, body } = await post('/api/v1/namespaces', atob(NAMESPACE));
  expect([status, body.metadata.name, body.status.phase]).toEqual([201, 'shop', 'Active']);
});

test('create deployment, with all that it says and nothing that it leaves out', async () => {
  const { status, read } = await post('/apis/apps/v1/namespaces/test/deployments', atob(DEPLOYMENT));
  expect(status).toBe(201);
  const { metadata, spec } = await read('/apis/apps/v1/namespaces/test/deployments/web');
  expect([metadata.labels, spec.replicas, spec.selector]).toEqual([{ app: 'web' }, 2, { matchLabels: { app: 'web' } }]);
  expect(spec.strategy.type).toBe('RollingUpdate');
  expect(spec.template.metadata).toEqual({ labels: { app: 'web' } });
  expect(spec.template.spec.containers).toEqual([
    expect.objectContaining({ name: 'nginx', image: 'nginx:1.0', ports: [{ containerPort: 80, protocol: 'TCP' }] }),
  ]);
});

test('create secret: bytes stay bytes', async () => {
  const { status, read } = await post('/api/v1/namespaces/test/secrets', atob(SECRET));
  expect(status).toBe(201);
  expect((await read('/api/v1/namespaces/test/secrets/s')).data).toEqual({ a: btoa('\u00c3\u00bc') });
});

/** A field of a message: text or bytes of fields, or a number below 128. */
function field(no: number, value: string | number): string {
  const tag = String.fromCharCode(no * 8 + (typeof value === 'string' ? 2 : 0));
  return typeof value === 'string' ? `${tag}${String.fromCharCode(value.length)}${value}` : `${tag}${String.fromCharCode(value)}`;
}

function envelope(apiVersion: string, kind: string, object: string): string {
  return `k8s\0${field(1, field(1, apiVersion) + field(2, kind))}${field(2, object)}`;
}

const named = field(1, field(1, 'web'));

test('a port may be a number or a name', async () => {
  const byNumber = field(1, 'a') + field(3, 80) + field(4, field(1, 0) + field(2, 99));
  const byName = field(1, 'b') + field(3, 81) + field(4, field(1, 1) + field(2, 0) + field(3, 'http'));
  const two = field(1, byNumber) + field(1, byName);
  const { status, read } = await post('/api/v1/namespaces/test/services', envelope('v1', 'Service', named + field(2, two)));
  expect(status).toBe(201);
  const { spec } = await read('/api/v1/namespaces/test/services/web');
  expect(spec.ports.map((port: Loose) => [port.name, port.port, port.targetPort])).toEqual([
    ['a', 80, 99],
    ['b', 81, 'http'],
  ]);
});

test.each([
  ['a kind that it does not know', envelope('v1', 'Pod', named), 'no Protobuf of v1 Pod: send it as JSON'],
  ['a field that it does not know', envelope('v1', 'ConfigMap', named + field(9, 'x')), 'field 9 of ConfigMap'],
  ['a name out of a prototype', envelope('v1', 'constructor', named), 'no Protobuf of v1 constructor'],
  ['no envelope', '{}', 'begins with'],
  ['half a message', envelope('v1', 'ConfigMap', named).slice(0, -2), 'no whole Protobuf message'],
  ['another wire type', `k8s\0${String.fromCharCode(8 + 1)}12345678`, 'no Protobuf message of Kubernetes'],
])('%s is refused, in words', async (_, body, words) => {
  const { status, body: answer } = await post('/api/v1/namespaces/test/configmaps', body);
  expect([status, answer.reason, answer.message]).toEqual([415, 'UnsupportedMediaType', expect.stringContaining(words)]);
});
