// WATCH: the history after a resourceVersion and then whatever happens, as lines, until somebody ends it. It must not list pages.
import type { Obj } from '../../contracts.ts';
import { apiVersionOf, storedAs } from '../world/kinds.ts';
import type { StoreEvent } from '../world/store.ts';
import type { SandboxWorld } from '../world/types.ts';
import { askedVersion, checkNumbers } from './read.ts';
import { writeWatchLine } from './representation.ts';
import type { Call } from './route.ts';
import { selectorOf, type Test } from './selectors.ts';
import { expired, Refusal, tooLarge, tooOld } from './status.ts';

/** The real server's own limit lies between this and twice this. */
const LONGEST_MS = 30 * 60_000;

interface Told {
  readonly type: string;
  readonly object: Obj;
}

/** An object that leaves the selection is told as deleted, one that enters it as added. */
function seenThrough(test: Test, event: StoreEvent): Told | undefined {
  const was = event.before !== undefined && test(event.before);
  const is = event.type !== 'DELETED' && test(event.after);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: event.after };
  if (!was || event.before === undefined) return undefined;
  const { resourceVersion } = event.after.metadata;
  const metadata = { ...event.before.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return { type: 'DELETED', object: event.type === 'DELETED' ? event.after : { ...event.before, metadata } };
}

function bookmark(call: Call, version: number, isInitialEnd: boolean): string {
  const annotations = isInitialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const metadata = { resourceVersion: String(version), creationTimestamp: null, ...annotations };
  const object = { kind: call.row.kind, apiVersion: apiVersionOf(call.row.group, call.version), metadata };
  return `${JSON.stringify({ type: 'BOOKMARK', object })}\n`;
}

/** Lines wait here until somebody reads. */
class Lines implements AsyncIterableIterator<Uint8Array> {
  private readonly lines: string[] = [];
  private wake: (() => void) | undefined;
  private isEnded = false;
  private readonly encoder = new TextEncoder();

  constructor(private readonly onEnd: () => void) {}

  push(line: string): void {
    if (this.isEnded) return;
    this.lines.push(line);
    this.wake?.();
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.onEnd();
    this.wake?.();
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    while (this.lines.length === 0) {
      if (this.isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    const text = this.lines.join('');
    this.lines.length = 0;
    return { done: false, value: this.encoder.encode(text) };
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.lines.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function isSelected(call: Call, test: Test): Test {
  return (object) => (call.namespace === undefined || object.metadata.namespace === call.namespace) && test(object);
}

function past(world: SandboxWorld, call: Call, test: Test): Told[] {
  const kind = storedAs(call.row);
  const version = askedVersion(call);
  if (version === undefined || version === 0)
    return world.store
      .list(kind)
      .filter(test)
      .map((object) => ({ type: 'ADDED', object }));
  if (version > world.store.version()) throw tooLarge(version, world.store.version());
  const since = world.store.since(kind, version);
  if (since === undefined && call.row.kind === 'Event') throw expired('The resourceVersion for the provided watch is too old.');
  if (since === undefined) throw tooOld(version, world.store.oldest());
  return since.map((event) => seenThrough(test, event)).filter((told) => told !== undefined);
}

export function watch(world: SandboxWorld, call: Call, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const { query } = call.request;
  checkNumbers(call);
  const hasBookmarks = query.get('allowWatchBookmarks') === 'true';
  const test = isSelected(call, selectorOf(call));
  const undo: (() => void)[] = [];
  const lines = new Lines(() => undo.forEach((step) => step()));
  let isFirst = true;
  const tell = ({ type, object }: Told): void => {
    lines.push(writeWatchLine(call, { type, object }, { now: world.clock.now(), isFirst }));
    isFirst = false;
  };
  askedVersion(call);
  undo.push(world.clock.attend());
  try {
    for (const told of past(world, call, test)) tell(told);
  } catch (error) {
    // A watch that cannot start says so in its stream, under status 200.
    if (!(error instanceof Refusal) || error.body.code === 500) throw error;
    lines.push(`${JSON.stringify({ type: 'ERROR', object: error.body })}\n`);
    lines.end();
    return lines;
  }
  if (query.get('sendInitialEvents') === 'true' && hasBookmarks) lines.push(bookmark(call, world.store.version(), true));
  const follow = (event: StoreEvent): void => {
    const told = seenThrough(test, event);
    if (told !== undefined) tell(told);
  };
  undo.push(world.store.subscribe(storedAs(call.row), follow));
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  const close = (): void => {
    if (hasBookmarks) lines.push(bookmark(call, world.store.version(), false));
    lines.end();
  };
  undo.push(world.clock.after(seconds > 0 ? Math.min(seconds * 1000, LONGEST_MS) : LONGEST_MS, close));
  const abort = (): void => lines.end();
  signal.addEventListener('abort', abort);
  undo.push(() => signal.removeEventListener('abort', abort));
  return lines;
}
