// What only people with kubectl meet at the API server: words for what a kubelet would answer, and warnings of what is deprecated. It must not
// look at the world.
import type { Send, WireReply } from '../ports.ts';

const OF_POD =
  /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/]+)\/(log|exec|attach|portforward|proxy|ephemeralcontainers|resize|eviction)(?:\/|$)/;

/** What is asked for, after "pod … ". */
const MISSING: Readonly<Record<string, string>> = {
  log: 'has no logs',
  exec: 'can run no command',
  attach: 'has nothing to attach to',
  portforward: 'has no port to forward to',
  proxy: 'answers no requests',
  ephemeralcontainers: 'takes no more containers',
  resize: 'has no resources to change',
  eviction: 'cannot be evicted: delete it instead',
};

const ENDPOINTS = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?endpoints(?:\/|$)/;
const WARNING = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

function refused(pod: string, what: string): WireReply {
  const message = `the sandbox runs no containers: pod "${pod}" ${MISSING[what] ?? 'does nothing'}`;
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'NotImplemented', code: 501 };
  return { status: 501, headers: { 'content-type': 'application/json' }, body: once(JSON.stringify(status)) };
}

export function forPeople(api: Send): Send {
  return async (wire, signal) => {
    const path = new URL(wire.url, 'http://sandbox').pathname;
    const [, pod, what] = OF_POD.exec(path) ?? [];
    if (pod !== undefined && what !== undefined) return refused(decodeURIComponent(pod), what);
    const reply = await api(wire, signal);
    return ENDPOINTS.test(path) ? { ...reply, headers: { ...reply.headers, warning: WARNING } } : reply;
  };
}
