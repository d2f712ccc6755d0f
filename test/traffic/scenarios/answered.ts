// Waits until the proxy leads to a live service: what is tried before that tells nothing.
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { entry } from '../proxy.ts';

/** Resolves once three requests in a row were answered well; throws after a minute. */
export async function answered({ host }: { host: string }): Promise<void> {
  let row = 0;
  for (let tries = 0; tries < 600; tries++) {
    row = (await status(host)) === 200 ? row + 1 : 0;
    if (row === 3) return;
    await pause(100);
  }
  throw new Error(`nobody answers for ${host}`);
}

function status(host: string): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get({ ...entry, path: '/', headers: { host }, agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve(0));
  });
}
