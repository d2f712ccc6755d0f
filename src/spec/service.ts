// spec.service: how the application is reached, every field of Flagger's. Pure data.
import { anything, duration, flag, intOrText, oneOf, strings, text, whole } from './fields.ts';
import { list, object } from './kernel.ts';
import type { Infer } from './kernel.ts';
import { areKeys, areLabels, isHost, isKind, isLabel, isName, isServiceName, isWord, unlessEmpty } from './names.ts';

const headerOperations = {
  set: strings({ doc: 'Headers to set.' }),
  add: strings({ doc: 'Headers to add.' }),
  remove: list(text({ doc: 'A header to remove.' }), { doc: 'Headers to remove.' }),
};

const generatedMetadata = {
  labels: strings({ default: {}, check: areLabels, doc: 'Labels for the generated Service.' }),
  annotations: strings({
    default: {},
    check: (annotations) => areKeys(Object.keys(annotations)),
    doc: 'Annotations for the generated Service.',
  }),
};

const httpRouting = {
  match: list(anything({ doc: 'One condition.' }), {
    default: [],
    doc: 'Istio and Gateway API: which requests the routes are for.',
  }),
  rewrite: object(
    {
      uri: text({ doc: 'The path to send instead.' }),
      authority: text({ doc: 'The host to send instead.' }),
      type: text({ doc: 'Gateway API: ReplacePrefixMatch, or the full path.' }),
    },
    { doc: 'Istio and Gateway API: rewrites requests before they are sent on.' },
  ),
  retries: object(
    {
      attempts: whole({ min: 0 }, { doc: 'How often a request is tried again.' }),
      perTryTimeout: duration(0, { doc: 'Time for each try.' }),
      retryOn: text({ doc: 'On which answers.' }),
    },
    { doc: 'Istio: lets the mesh try failed requests again.' },
  ),
  timeout: duration(0, { doc: 'Istio and gatewayapi:v1: time for a request on its way; 0s is without end.' }),
  headers: object(
    {
      request: object(headerOperations, { doc: 'For requests.' }),
      response: object(headerOperations, { doc: 'For responses.' }),
    },
    { doc: 'Istio and Gateway API: changes headers on the way.' },
  ),
  corsPolicy: anything({ doc: 'Istio and gatewayapi:v1: cross-origin rules.' }),
  trafficPolicy: anything({ doc: 'Istio: load balancing, TLS and limits of the destination rules.' }),
  delegation: flag({
    default: false,
    doc: 'Istio: another VirtualService delegates to this one, which then has neither hosts nor gateways.',
  }),
};

const gatewayApi = {
  gatewayRefs: list(
    object(
      {
        group: text({ check: unlessEmpty(isName), doc: 'Its API group; gateway.networking.k8s.io when left out.' }),
        kind: text({ check: isKind, doc: 'Its kind; Gateway when left out.' }),
        namespace: text({ check: isLabel, doc: 'Its namespace; that of the Canary when left out.' }),
        name: text({ required: true, check: isName, doc: 'Its name.' }),
        sectionName: text({ check: isName, doc: 'One listener of it.' }),
        port: whole({ min: 1, max: 65535 }, { doc: 'Its listeners on this port.' }),
      },
      { doc: 'One Gateway.' },
    ),
    { default: [], doc: 'Gateway API, which needs one: the Gateways of the HTTPRoute.' },
  ),
  backendTimeout: duration(0, { doc: 'gatewayapi:v1: time for one request to a pod, within timeout.' }),
  mirror: list(
    object(
      {
        backendRef: object(
          {
            group: text({ check: unlessEmpty(isName), doc: 'Its API group; none is that of Services.' }),
            kind: text({ check: isKind, doc: 'Its kind; Service when left out.' }),
            namespace: text({ check: isLabel, doc: 'Its namespace; that of the Canary when left out.' }),
            name: text({ required: true, check: isName, doc: 'Its name.' }),
            port: whole({ min: 1, max: 65535 }, { doc: 'Its port; a Service needs one.' }),
          },
          { required: true, doc: 'Where the copies go.' },
        ),
      },
      { doc: 'One mirror.' },
    ),
    { default: [], doc: 'Gateway API: copies of all requests, release or not; analysis.mirror is for copies to the canary.' },
  ),
};

const appMesh = {
  meshName: text({ later: 'App Mesh', doc: 'App Mesh: the mesh.' }),
  backends: list(text({ doc: 'One backend.' }), { later: 'App Mesh', doc: 'App Mesh: services that the application calls.' }),
};

const generatedServices = {
  apex: object(generatedMetadata, { doc: 'Metadata of the apex Service and the routing object.' }),
  primary: object(generatedMetadata, { doc: 'Metadata of the primary Service.' }),
  canary: object(generatedMetadata, { doc: 'Metadata of the canary Service.' }),
  unmanagedMetadata: object(
    {
      labels: list(text({ doc: 'A label.' }), { default: [], doc: 'Labels to leave alone.' }),
      annotations: list(text({ doc: 'An annotation.' }), { default: [], doc: 'Annotations to leave alone.' }),
    },
    { doc: 'Metadata of the generated Services that others write: left alone, while every other unknown key is taken off.' },
  ),
};

export const serviceFields = {
  name: text({
    check: isServiceName,
    doc: 'The apex Service; targetRef.name when left out. Its sides are <name>-primary and <name>-canary.',
  }),
  port: whole({ min: 1, max: 65535 }, { required: true, doc: 'The port of the three Services.' }),
  portName: text({ default: 'http', check: isLabel, doc: 'The name of that port.' }),
  targetPort: intOrText({ check: targetPort, doc: 'Port of the pods, number or name; the port when left out or 0.' }),
  appProtocol: text({ doc: 'appProtocol of the Services; tcp makes the route on Istio a TCP route.' }),
  gateways: list(text({ check: isWord, doc: 'A gateway.' }), {
    default: [],
    doc: 'Istio: gateways of the VirtualService; mesh when left out. SMI on Istio: the gateways of its split.',
  }),
  hosts: list(text({ check: isHost, doc: 'A host.' }), {
    default: [],
    doc: 'Istio: hosts of the VirtualService, besides the apex. Gateway API: host names of the HTTPRoute. SMI: the first is the root service.',
  }),
  portDiscovery: flag({ default: false, doc: 'Adds every other container port to the Services.' }),
  headless: flag({ default: false, doc: 'Services without a cluster IP.' }),
  trafficDistribution: oneOf(['PreferClose', 'PreferSameZone', 'PreferSameNode'], {
    doc: 'trafficDistribution of the Services.',
  }),
  ...httpRouting,
  ...gatewayApi,
  ...appMesh,
  ...generatedServices,
};

function targetPort(value: number | string): string | undefined {
  if (typeof value === 'string') return isLabel(value);
  return value >= 0 && value <= 65535 ? undefined : `expected a port from 1 to 65535, got ${value}`;
}

export type ServiceSpec = Infer<typeof serviceFields>;
