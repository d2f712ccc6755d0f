// The rest of the world, scripted as the recordings were made: a Prometheus with given answers and a webhook server with given status codes.
// Answers in the form of world.yaml: the first entry of `queries` whose pattern matches answers; of a list each answer once, the last one stays.
import type { Send, Wire, WireReply } from '../../src/ports.ts';

export type Scripted = number | string | null;

export interface Script {
  queries?: [pattern: string, answer: Scripted | Scripted[]][];
  hooks?: Record<string, number | number[]>;
}

export interface ScriptedWorld {
  send: Send;
  queries: string[];
  hooks: { path: string; code: number; body: unknown }[];
}

export function scripted(script: Script): ScriptedWorld {
  const left = structuredClone(script);
  const seen: Pick<ScriptedWorld, 'queries' | 'hooks'> = { queries: [], hooks: [] };

  function query(wire: Wire): WireReply {
    const text = (new URL(wire.url).searchParams.get('query') ?? new URLSearchParams(wire.body ?? '').get('query') ?? '')
      .replace(/\s+/g, ' ')
      .trim();
    if (text === 'vector(1)') return vector('1');
    seen.queries.push(text);
    const entry = left.queries?.find(([pattern]) => new RegExp(pattern).test(text));
    const value = entry ? next(entry[1], (rest) => (entry[1] = rest)) : null;
    if (value === 'error') return reply(500, { status: 'error', errorType: 'internal', error: 'scripted' });
    return value === null ? reply(200, result([])) : vector(String(value));
  }

  function hook(wire: Wire, path: string): WireReply {
    const codes = left.hooks?.[path] ?? 200;
    const code = next(codes, (rest) => ((left.hooks ??= {})[path] = rest));
    seen.hooks.push({ path, code, body: JSON.parse(wire.body ?? 'null') });
    return reply(code, code >= 400 ? `scripted ${code}` : '');
  }

  return {
    ...seen,
    send: async (wire) => {
      const { pathname } = new URL(wire.url);
      if (pathname.endsWith('/api/v1/query')) return query(wire);
      const path = /^\/hook\/[^/]+\/(.+)$/.exec(pathname)?.[1];
      if (path !== undefined) return hook(wire, path);
      throw new Error(`connection refused: ${wire.url}`);
    },
  };
}

function next<T>(list: T | T[], rest: (left: T | T[]) => void): T {
  if (!Array.isArray(list)) return list;
  if (list.length > 1) rest(list.slice(1));
  return list[0] as T;
}

function vector(value: string): WireReply {
  return reply(200, result([{ metric: {}, value: [0, value] }]));
}

function result(list: unknown[]): unknown {
  return { status: 'success', data: { resultType: 'vector', result: list } };
}

function reply(status: number, body: unknown): WireReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': 'application/json' }, body: chunks(text) };
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
