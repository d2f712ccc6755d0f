// Defaults of pods and pod templates, as Kubernetes 1.34 writes them. It must not check anything.
import { isObject } from '../../../common/json.ts';
import type { JsonObject } from '../../../contracts.ts';
import { fill, withEach, withField } from './fill.ts';

function pullPolicy(image: unknown): string {
  const name = String(image ?? '');
  const last = name.slice(name.lastIndexOf('/') + 1);
  return name.includes('@') || (last.includes(':') && !last.endsWith(':latest')) ? 'IfNotPresent' : 'Always';
}

function probe(value: JsonObject): JsonObject {
  const filled = fill(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  return withField(filled, 'httpGet', (get) => fill(get, { path: '/', scheme: 'HTTP' }));
}

function envVariable(variable: JsonObject): JsonObject {
  return withField(variable, 'valueFrom', (from) => withField(from, 'fieldRef', (field) => fill(field, { apiVersion: 'v1' })));
}

function container(value: JsonObject): JsonObject {
  const defaults = { resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
  let out = fill(value, { ...defaults, imagePullPolicy: pullPolicy(value['image']) });
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe']) out = withField(out, field, probe);
  out = withEach(out, 'ports', (port) => fill(port, { protocol: 'TCP' }));
  return withEach(out, 'env', envVariable);
}

const SOURCES_WITH_MODE = ['configMap', 'secret', 'projected', 'downwardAPI'];

function volume(value: JsonObject): JsonObject {
  if (Object.keys(value).length === 1) return { ...value, emptyDir: {} };
  let out = value;
  for (const source of SOURCES_WITH_MODE) out = withField(out, source, (field) => fill(field, { defaultMode: 420 }));
  return withField(out, 'hostPath', (path) => fill(path, { type: '' }));
}

function account(spec: JsonObject): JsonObject {
  const name = spec['serviceAccountName'] ?? spec['serviceAccount'];
  return name === undefined ? {} : { serviceAccountName: name, serviceAccount: name };
}

export function podSpec(value: JsonObject): JsonObject {
  let spec = fill(value, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  spec = { ...spec, ...account(value) };
  for (const field of ['containers', 'initContainers']) spec = withEach(spec, field, container);
  return withEach(spec, 'volumes', volume);
}

function resources(value: JsonObject): JsonObject {
  const { limits } = value;
  return isObject(limits) ? { ...value, requests: fill(value['requests'], limits) } : value;
}

/** Of a pod itself, not of a template: what is limited is also requested. */
export function withRequests(spec: JsonObject): JsonObject {
  const requesting = (container: JsonObject): JsonObject => withField(container, 'resources', resources);
  return withEach(withEach(spec, 'containers', requesting), 'initContainers', requesting);
}

export function podTemplate(value: JsonObject): JsonObject {
  return withField(value, 'spec', podSpec);
}
