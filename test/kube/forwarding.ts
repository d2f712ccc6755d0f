// A small API server with pods whose ports can be forwarded, strict about v4.channel.k8s.io: what a client says wrong ends the connection and is kept.
// It must never be used outside test/kube.
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Obj } from '../../src/contracts.ts';

export interface Pod {
  /** Where what is forwarded goes to; undefined: nobody listens there. */
  to?: number;
  labels?: Record<string, string>;
  ready?: boolean;
  ports?: { name: string; containerPort: number }[];
  /** The API server answers this instead of a tunnel. */
  refused?: { status: number; message: string };
}

export interface Cluster {
  readonly url: string;
  readonly pods: Map<string, Pod>;
  readonly services: Map<string, object>;
  readonly slices: object[];
  /** Requests, as method and path. */
  readonly asked: string[];
  /** What clients of tunnels did wrong. */
  readonly wrong: string[];
  readonly upgrades: IncomingMessage[];
  readonly tunnels: Set<WebSocket>;
  /** Answered 401 so many times. */
  unsigned: number;
  close(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    cluster.asked.push(`${request.method} ${request.url}`);
    const found = answer(cluster, new URL(request.url ?? '', 'http://x'));
    const text = JSON.stringify(
      found ?? { kind: 'Status', apiVersion: 'v1', code: 404, reason: 'NotFound', message: 'not found', details: { name: 'x' } },
    );
    request.resume().on('end', () => response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(text));
  });
  const ws = new WebSocketServer({
    noServer: true,
    handleProtocols: (all) => (all.has('v4.channel.k8s.io') ? 'v4.channel.k8s.io' : false),
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket, head) => {
    cluster.upgrades.push(request);
    const [, name = '', port = ''] = /^\/api\/v1\/namespaces\/mon\/pods\/([^/]+)\/portforward\?ports=(\d+)$/.exec(request.url ?? '') ?? [];
    const pod = cluster.pods.get(name);
    const refusal =
      cluster.unsigned-- > 0
        ? { status: 401, message: 'Unauthorized' }
        : pod
          ? pod.refused
          : { status: 404, message: `pods "${name}" not found` };
    if (refusal) {
      const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: refusal.status, message: refusal.message });
      socket.end(
        `HTTP/1.1 ${refusal.status} X\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
      return;
    }
    ws.handleUpgrade(request, socket, head, (tunnel) => serve(cluster, tunnel, { name, port: Number(port) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cluster: Cluster = {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pods: new Map(), services: new Map(), slices: [] },
    ...{ asked: [], wrong: [], upgrades: [], tunnels: new Set(), unsigned: 0 },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return cluster;
}

function serve(cluster: Cluster, tunnel: WebSocket, { name, port }: { name: string; port: number }): void {
  cluster.tunnels.add(tunnel);
  const head = Buffer.from([0, port & 255, port >> 8]);
  tunnel.send(head);
  tunnel.send(Buffer.concat([Buffer.from([1]), head.subarray(1)]));
  const inner = connect(cluster.pods.get(name)?.to ?? 1, '127.0.0.1');
  inner.on('data', (chunk) => tunnel.send(Buffer.concat([Buffer.from([0]), chunk])));
  inner.on('error', ({ message }) => {
    tunnel.send(
      Buffer.concat([
        Buffer.from([1]),
        Buffer.from(`error forwarding port ${port} to pod ${name}: ${message.replace('ECONNREFUSED', 'connection refused')}`),
      ]),
    );
    tunnel.close();
  });
  inner.on('close', () => tunnel.close());
  tunnel.on('close', () => (cluster.tunnels.delete(tunnel), inner.destroy()));
  tunnel.on('message', (message: Buffer, isBinary) => {
    if (!isBinary || message[0] !== 0) {
      cluster.wrong.push(`channel ${message[0]}, binary ${isBinary}`);
      tunnel.terminate();
    } else inner.write(message.subarray(1));
  });
}

function answer(cluster: Cluster, { pathname, searchParams }: URL): object | undefined {
  if (/selfsubject/.test(pathname))
    return {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      status: { allowed: false, resourceRules: [] },
    };
  const [, namespace, kind, name] = /^\/api(?:s\/discovery\.k8s\.io)?\/v1\/namespaces\/([^/]+)\/([^/]+)\/?(.*)$/.exec(pathname) ?? [];
  if (kind === 'services') {
    const spec = cluster.services.get(`${name}.${namespace}`);
    return spec && { kind: 'Service', apiVersion: 'v1', metadata: { name, namespace }, spec };
  }
  const wanted = (searchParams.get('labelSelector') ?? '').split(',').map((pair) => pair.split('='));
  const items = kind === 'pods' ? [...cluster.pods].map(([pod, about]) => podObject(pod, about)) : cluster.slices;
  const matching = (items as Obj[]).filter(({ metadata }) => wanted.every(([key = '', value]) => metadata.labels?.[key] === value));
  return { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: matching };
}

function podObject(name: string, { labels = { app: 'prom' }, ready = true, ports = [] }: Pod): object {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels },
    spec: { containers: [{ name: 'c', ports }] },
    status: { phase: 'Running', conditions },
  };
}
