// Plays a sequence against one server and keeps what was answered. It must not compare.
import { isObject, mergePatch } from '../../../src/common/json.ts';
import type { Json, JsonObject } from '../../../src/contracts.ts';
import type { Sequence, Step } from './step.ts';

export interface Sent {
  readonly method: Step['method'];
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  readonly accept?: string;
}

export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** One of the two servers, with a namespace of the sequence's own. */
export interface Server {
  readonly namespace: string;
  send(sent: Sent): Promise<Reply>;
  /** Until controllers have done with an object of apps/v1, and the object then. */
  settled(path: string): Promise<void>;
}

export interface Played {
  readonly step: Step;
  readonly status: number;
  readonly type: string;
  /** Each line of a watch; otherwise one. */
  readonly bodies: readonly Json[];
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function metadataOf(body: Json | undefined): JsonObject {
  const metadata = isObject(body) ? body['metadata'] : undefined;
  return isObject(metadata) ? metadata : {};
}

/** What a client of this server remembers: its words for «…». */
class Memory {
  private readonly seen = new Map<string, JsonObject[]>();
  private readonly words = new Map<string, string>();

  constructor(namespace: string) {
    this.words.set('ns', namespace);
  }

  fill(text: string): string {
    return text.replaceAll(/«([^»]*)»/g, (_, word: string) => this.word(word));
  }

  last(ref: string): JsonObject | undefined {
    return this.seen.get(ref)?.at(-1);
  }

  note(body: Json, isDry: boolean): void {
    if (!isObject(body)) return;
    const { name, resourceVersion, continue: next } = metadataOf(body);
    const kind = String(body['kind']);
    if (kind.endsWith('List') || (kind === 'Table' && name === undefined && typeof next === 'string')) {
      this.words.set('list', String(resourceVersion));
      if (!this.words.has('first')) this.words.set('first', String(resourceVersion));
      this.words.set('continue', typeof next === 'string' ? next : '');
    }
    if (isDry || typeof name !== 'string' || typeof resourceVersion !== 'string' || kind === 'PartialObjectMetadata' || kind === 'Scale')
      return;
    const ref = `${kind}/${name}`;
    const versions = this.seen.get(ref) ?? [];
    if (metadataOf(versions.at(-1))['resourceVersion'] !== resourceVersion) versions.push(body);
    this.seen.set(ref, versions);
  }

  private word(word: string): string {
    const [what = '', ref] = word.split(':');
    if (ref === undefined) return this.words.get(what) ?? '';
    const versions = this.seen.get(ref) ?? [];
    if (what === 'uid') return String(metadataOf(versions.at(-1))['uid'] ?? '22222222-2222-4222-8222-222222222222');
    return String(metadataOf(versions.at(what === 'old' ? -2 : -1))['resourceVersion'] ?? '1');
  }
}

/** A change as a client makes it: what was read, with fields set, and null where the change says null. */
function changed(base: JsonObject, change: Json): Json {
  return mergePatch(base, change);
}

function bodyOf(step: Step, memory: Memory): string | undefined {
  if (step.raw !== undefined) return step.raw;
  if (step.body === undefined) return undefined;
  const change = JSON.parse(memory.fill(JSON.stringify(step.body))) as Json;
  const whole = step.from === undefined ? change : changed(memory.last(step.from) ?? {}, change);
  return JSON.stringify(whole);
}

function sentFor(step: Step, memory: Memory): Sent {
  const body = bodyOf(step, memory);
  const { method, type, accept } = step;
  return {
    method,
    path: memory.fill(step.path),
    ...(body === undefined ? {} : { body }),
    ...(type === undefined ? {} : { type }),
    ...(accept === undefined ? {} : { accept }),
  };
}

async function playStep(step: Step, server: Server, memory: Memory): Promise<Played> {
  const { status, type, text } = await server.send(sentFor(step, memory));
  const bodies = step.isWatch ? text.split('\n').filter(Boolean).map(parsed) : [parsed(text)];
  const isDry = step.path.includes('dryRun') || step.method === 'DELETE';
  if (status < 300 && !step.isWatch) for (const body of bodies) memory.note(body, isDry);
  if (status < 300 && step.quiet !== undefined && !isDry) {
    const path = `/apis/apps/v1/namespaces/${server.namespace}/${step.quiet}`;
    await server.settled(path);
    const { text: now } = await server.send({ method: 'GET', path });
    memory.note(parsed(now), false);
  }
  return { step, status, type, bodies };
}

/** A list first, so that there is a version to watch from. */
export async function play({ steps }: Sequence, server: Server): Promise<Played[]> {
  const memory = new Memory(server.namespace);
  const { text } = await server.send({ method: 'GET', path: `/api/v1/namespaces/${server.namespace}/configmaps?labelSelector=none` });
  memory.note(parsed(text), false);
  const played: Played[] = [];
  for (const step of steps) played.push(await playStep(step, server, memory));
  return played;
}
