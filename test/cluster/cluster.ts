// The cluster that this ring's tests run on, as test/cluster/main.ts left word of it, and one way to ask it things. It starts nothing.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { isObject } from '../../src/common/json.ts';
import type { JsonObject } from '../../src/contracts.ts';

export interface Cluster {
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** The certificate that the server is trusted by, PEM. */
  readonly ca: string;
  /** Bearer token of somebody who may do everything. On our own control plane the audit log leaves them out. */
  readonly token: string;
  /** Somebody who may do everything and stands in the audit log: who pushes images and applies manifests while releases are watched. */
  readonly person: string;
  /** Of the stand-in for the kubelet. */
  readonly kubelet: string;
  /** A kubeconfig file of the same person. */
  readonly kubeconfig: string;
  /** The kubectl to use: one of this cluster's version. */
  readonly kubectl: string;
  /** The API server's audit log, one JSON event a line; null on a cluster that is not ours. */
  readonly audit: string | null;
  /** A cluster of the user's own: its pods are not ours to make ready but for those that ask for it (kubelet.ts). */
  readonly foreign: boolean;
  /** Where figures for the tables at the end are left, one JSON line each (see figures.ts). */
  readonly figures: string;
}

/** Left by main.ts in the file that CANARY_CLUSTER names. */
export function clusterUnderTest(): Cluster {
  const file = process.env['CANARY_CLUSTER'];
  if (!file) throw new Error('no cluster to test on: npm run test:cluster starts one');
  return JSON.parse(readFileSync(file, 'utf8')) as Cluster;
}

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  /** Content type; JSON where nothing is said. */
  readonly type?: string;
  readonly accept?: string;
  /** Somebody else's than the administrator's. */
  readonly token?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** {} where the answer is no JSON object. */
  readonly json: JsonObject;
}

const agents = new Map<string, https.Agent>();

function agentOf(cluster: Cluster): https.Agent {
  const agent = agents.get(cluster.server) ?? new https.Agent({ keepAlive: true, maxSockets: 32, ca: cluster.ca });
  agents.set(cluster.server, agent);
  return agent;
}

/** One request, whatever it is answered. */
export function ask(cluster: Cluster, question: Question): Promise<Answer> {
  const { method = 'GET', path, body, type = 'application/json', accept = 'application/json', token = cluster.token } = question;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    accept,
    ...(payload === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
  };
  return new Promise((resolve, reject) => {
    const request = https.request(`${cluster.server}${path}`, { method, headers, agent: agentOf(cluster) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) });
      });
    });
    request.on('error', reject);
    request.end(payload);
  });
}

/** One request that must succeed. */
export async function must(cluster: Cluster, question: Question): Promise<JsonObject> {
  const answer = await ask(cluster, question);
  if (answer.status >= 300) throw new Error(`${question.method ?? 'GET'} ${question.path}: ${answer.status} ${answer.text.slice(0, 500)}`);
  return answer.json;
}

function jsonOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
