// The API server of the sandbox: a `Send` onto a world. It must not hold state of its own.
import type { Send, Wire, WireReply } from '../../ports.ts';
import type { SandboxWorld } from '../world/types.ts';
import { checkAccess, checkUnserved } from './access.ts';
import { readBody } from './body.ts';
import { remove, removeSelection } from './delete.ts';
import { discover } from './discovery.ts';
import { answerFaults } from './fault-requests.ts';
import { openApi } from './openapi.ts';
import { proxied } from './proxy.ts';
import { getOne, list } from './read.ts';
import { review } from './reviews.ts';
import { checkOptions } from './options.ts';
import { type ApiRequest, type Call, customObject, findCall, findReview, isInGroup, type Verb, verbOf } from './route.ts';
import { methodNotAllowed, noSuchResource, notFound, Refusal } from './status.ts';
import { watch } from './watch.ts';
import { create, patch, update, type Written } from './write.ts';

type Answer = Written | { readonly stream: AsyncIterable<Uint8Array> } | { readonly elsewhere: Promise<WireReply> };

const NOT_A_PATH: Answer = { status: 404, text: '404 page not found\n' };

function parse(wire: Wire): ApiRequest {
  const url = new URL(wire.url, 'http://sandbox');
  const headers = Object.fromEntries(Object.entries(wire.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method: wire.method, path: url.pathname, query: url.searchParams, headers, body: wire.body };
}

const VERBS: Record<Exclude<Verb, 'watch'>, (world: SandboxWorld, call: Call) => Written> = {
  get: (world, call) => ({ status: 200, text: getOne(world, call) }),
  list: (world, call) => ({ status: 200, text: list(world, call) }),
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeSelection,
};

function answer(world: SandboxWorld, request: ApiRequest, signal: AbortSignal): Answer {
  const elsewhere = proxied(world, request, signal);
  if (elsewhere !== undefined) return { elsewhere };
  const faults = answerFaults(world, request);
  if (faults !== undefined) return { status: 200, text: JSON.stringify(faults) };
  const call = findCall(request, world.kinds);
  if (call !== undefined) {
    const verb = verbOf(call);
    if (verb === undefined) throw methodNotAllowed();
    checkAccess(world, call, { verb, query: request.query });
    checkOptions(call, verb);
    return verb === 'watch' ? { stream: watch(world, call, signal) } : VERBS[verb](world, call);
  }
  const row = findReview(request.path);
  if (row !== undefined) {
    if (request.method !== 'POST') throw methodNotAllowed();
    return { status: 201, text: JSON.stringify(review(world, row, readBody(request))) };
  }
  return pageOf(world, request) ?? NOT_A_PATH;
}

function pageOf(world: SandboxWorld, request: ApiRequest): Answer | undefined {
  const page = discover(request.path, world.kinds) ?? openApi(request.path, world.kinds);
  if (page === undefined) checkUnserved(world, request);
  const custom = page === undefined ? customObject(request.path, world.kinds) : undefined;
  if (custom !== undefined) throw notFound(custom.row, custom.name);
  if (page === undefined && isInGroup(request.path, world.kinds)) throw noSuchResource();
  if (page === undefined || request.method !== 'GET') return undefined;
  return { status: 200, text: typeof page === 'string' ? page : JSON.stringify(page) };
}

/** Answers and refusals alike; anything else is our bug and goes up. */
function answerOrRefuse(world: SandboxWorld, request: ApiRequest, signal: AbortSignal): Answer {
  try {
    return answer(world, request, signal);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.body.code ?? 500, text: JSON.stringify(error.body) };
  }
}

const encoder = new TextEncoder();

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield encoder.encode(text);
}

function reply(world: SandboxWorld, answered: Exclude<Answer, { elsewhere: unknown }>): WireReply {
  const date = new Date(world.clock.now()).toUTCString();
  const isText = 'text' in answered && !answered.text.startsWith('{');
  const headers = { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json', date, 'cache-control': 'no-cache, private' };
  if ('stream' in answered) return { status: 200, headers, body: answered.stream };
  return { status: answered.status, headers, body: once(answered.text) };
}

export function createApi(world: SandboxWorld): Send {
  return async (wire, signal) => {
    signal.throwIfAborted();
    const answered = answerOrRefuse(world, parse(wire), signal);
    return 'elsewhere' in answered ? answered.elsewhere : reply(world, answered);
  };
}
