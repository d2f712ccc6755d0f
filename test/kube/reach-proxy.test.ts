// What is made of answers that come through the API server: whose word it is, and what is sent again. No network.
import { describe, expect, test } from '@jest/globals';
import { throughProxy } from '../../src/kube/reach/proxy.ts';
import type { Wire, WireReply } from '../../src/ports.ts';

const service = { name: 'prom', namespace: 'mon', port: 9090, scheme: 'http', host: 'prom' } as const;
const never = new AbortController().signal;
const json = { 'content-type': 'application/json' };

interface Said {
  status: number;
  body: string | readonly string[];
  headers?: Record<string, string>;
}

function reply({ status, body, headers = json }: Said): WireReply {
  const chunks = typeof body === 'string' ? [body] : body;
  return {
    status,
    headers,
    body: (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    })(),
  };
}

function cluster(answers: readonly Said[], own: Said = { status: 200, body: '{}' }) {
  const asked: string[] = [];
  const left = [...answers];
  const send = throughProxy(
    {
      exchange: async (wire, again) => {
        asked.push(`${wire.method} ${again ? 'again' : 'first'}`);
        return reply(left.shift() ?? { status: 200, body: 'ok' });
      },
      send: async (wire) => {
        asked.push(`${wire.method} ${wire.url}`);
        return reply(own);
      },
    },
    service,
  );
  return { asked, ask: (method: Wire['method'] = 'GET', headers = {}) => send({ method, url: 'http://prom:9090/x', headers }, never) };
}

function status(code: number, about: object): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...about });
}

async function textOf({ body }: WireReply): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const unauthorized = { status: 401, body: status(401, { reason: 'Unauthorized', message: 'Unauthorized' }) };

describe('not signed in', () => {
  test('a GET is asked once more', async () => {
    const { ask, asked } = cluster([unauthorized]);
    expect(await textOf(await ask())).toBe('ok');
    expect(asked).toEqual(['GET first', 'GET again']);
  });

  test.each(['POST', 'PUT', 'DELETE'] as const)('a %s is never sent twice: who said so may have carried it out', async (method) => {
    const { ask, asked } = cluster([unauthorized]);
    await expect(ask(method)).rejects.toThrow('the API server, or prom.mon:9090 behind it, does not take our sign-in');
    expect(asked).toEqual([`${method} first`, 'GET /version']);
  });

  test('what the API server says of itself is told as its word', async () => {
    await expect(cluster([unauthorized], unauthorized).ask('POST')).rejects.toThrow(/^not signed in to the API server: Unauthorized$/);
  });
});

describe('a refusal', () => {
  const said = 'services "prom:9090" is forbidden: User "ci" cannot get resource "services/proxy" in API group "" in the namespace "mon"';
  const inYaml = `apiVersion: v1\ncode: 403\ndetails:\n  kind: services\n  name: prom:9090\nkind: Status\nmessage: '${said}'\nmetadata: {}\nreason: Forbidden\nstatus: Failure\n`;

  test('counts in the language that the request asked for', async () => {
    const { ask } = cluster([{ status: 403, headers: { 'content-type': 'application/yaml' }, body: inYaml }]);
    await expect(ask('GET', { accept: 'application/yaml' })).rejects.toThrow(/^not allowed to ask prom\.mon:9090 .* as ci: add the rule /);
  });

  test.each([
    ['a page', '<html>kind: Status</html>'],
    ['another YAML', 'kind: Status\nof: [the application'],
    ['nothing', ''],
  ])('%s with such a number is the answer of the Service', async (_, body) => {
    const { ask } = cluster([{ status: 403, headers: { 'content-type': 'application/yaml' }, body }]);
    const got = await ask();
    expect([got.status, await textOf(got)]).toEqual([403, body]);
  });
});

describe('a large error', () => {
  const part = 'x'.repeat(60_000);

  test('is handed on unread; what is wanted of it can be had', async () => {
    let read = 0;
    const body = {
      *[Symbol.iterator]() {
        for (let at = 0; at < 40; at++) yield (read++, part);
      },
    };
    const { ask } = cluster([{ status: 500, body: body as unknown as string[] }]);
    const got = await ask('POST');
    expect([got.status, read]).toEqual([500, 2]);
    let size = 0;
    for await (const chunk of got.body) if ((size += chunk.byteLength) > 200_000) break;
    expect([size, read]).toEqual([240_000, 4]);
  });

  test('is whole below 1 MiB, and no answer for whoever reads beyond', async () => {
    const parts = (count: number): Said => ({ status: 500, body: Array.from({ length: count }, () => part) });
    expect(await textOf(await cluster([parts(10)]).ask())).toHaveLength(600_000);
    await expect(textOf(await cluster([parts(20)]).ask())).rejects.toThrow('larger than 1 MiB');
  });
});
