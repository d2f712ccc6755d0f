// All objects of a collection, as they are and as they change, for as long as somebody looks: list, then watch, and again when the stream ends.
import https from 'node:https';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { must, type Cluster } from './cluster.ts';

export interface Looking {
  readonly cluster: Cluster;
  readonly stopped: AbortSignal;
}

/** `gone`: its last state. What left while no stream was open is not told. */
export type Seen = (object: Obj, gone: boolean) => void;

/** Resolves once `stopped` is over. `collection`: such as /api/v1/pods. */
export async function follow(looking: Looking, collection: string, seen: Seen): Promise<void> {
  while (!looking.stopped.aborted) {
    try {
      const list = await must(looking.cluster, { path: collection });
      for (const object of (list['items'] ?? []) as Obj[]) seen(object, false);
      const version = String((list['metadata'] as JsonObject)['resourceVersion']);
      await watch(looking, `${collection}?watch=1&resourceVersion=${version}`, seen);
    } catch {
      // The API server is starting, or closes: another look comes.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Until the stream ends. */
function watch({ cluster, stopped }: Looking, path: string, seen: Seen): Promise<void> {
  const { server, ca, token } = cluster;
  return new Promise((resolve) => {
    const options = { ca, headers: { authorization: `Bearer ${token}` }, signal: stopped };
    const request = https.get(`${server}${path}`, options, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines.filter(Boolean)) {
          const { type, object } = JSON.parse(line) as { type: string; object: Obj };
          if (type !== 'ERROR' && type !== 'BOOKMARK') seen(object, type === 'DELETED');
        }
      });
      response.on('close', () => resolve());
      response.on('error', () => resolve());
    });
    request.on('error', () => resolve());
  });
}
