// Tells the webhooks of type 'event' what was said: one POST a line and hook, in order. A hook that is slow or gone holds up neither the run
// nor the other hooks. It must never decide what is said.
import { cleanText } from '../common/clean.ts';
import type { Canary, HttpReply, HttpRequest } from '../contracts.ts';
import type { Millis } from '../ports.ts';
import type { Hook, Strings } from '../spec/types.ts';

/** Lines of one hook that wait for those before them; in a release they are minutes of it. */
const mostWaiting = 100;

export interface EventLine {
  readonly type: 'Normal' | 'Warning';
  readonly text: string;
  readonly at: Millis;
  readonly phase: string;
  readonly checksum: string;
}

export interface EventHookOptions {
  /** All hooks of the canary: those of type 'event' are picked. */
  readonly hooks: readonly Hook[];
  readonly canary: Pick<Canary, 'name' | 'namespace'>;
  send(request: HttpRequest, signal: AbortSignal): Promise<{ reply: HttpReply } | { error: string }>;
  onTrouble(text: string): void;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
}

export interface EventHooks {
  tell(line: EventLine): void;
  /** Resolves when every line so far is delivered or failed. When `signal` aborts, what is left is given up. */
  flush(signal: AbortSignal): Promise<void>;
}

export function createEventHooks({ hooks, canary, send, onTrouble, signal }: EventHookOptions): EventHooks {
  const posts = hooks
    .filter(({ type }) => type === 'event')
    .map((hook) => createPost({ hook, signal, send, trouble: (text) => onTrouble(`event webhook ${hook.name}: ${cleanText(text, 300)}`) }));
  let said = 0;
  return {
    tell(line) {
      if (signal.aborted) return;
      said += 1;
      posts.forEach((post, place) => post.add({ line, canary, key: keyOf(canary, { line, no: said, place }) }));
    },
    async flush(last) {
      await Promise.all(posts.map((post) => post.flush(last)));
    },
  };
}

/** A line's own, also among the lines of the run that takes this one up: server time and place in the run. */
function keyOf(canary: EventHookOptions['canary'], { line, no, place }: { line: EventLine; no: number; place: number }): string {
  return ['event', canary.namespace, canary.name, line.checksum, Math.trunc(line.at), no, place].join('/');
}

interface Letter {
  readonly line: EventLine;
  readonly canary: EventHookOptions['canary'];
  readonly key: string;
}

interface Post {
  add(letter: Letter): void;
  flush(signal: AbortSignal): Promise<void>;
}

interface PostOptions {
  readonly hook: Hook;
  readonly signal: AbortSignal;
  send: EventHookOptions['send'];
  trouble(text: string): void;
}

/** The letters to one hook: one is on its way, the others wait. */
function createPost(options: PostOptions): Post {
  const box: Box = { waiting: [], going: undefined, isFailing: false, isDropping: false };
  return {
    add(letter) {
      box.waiting.push(letter);
      if (!box.going) start(box, options);
      if (box.waiting.length <= mostWaiting) return;
      box.waiting.shift();
      if (!box.isDropping) options.trouble(`more than ${mostWaiting} lines are waiting for it, the oldest are dropped`);
      box.isDropping = true;
    },
    async flush(last) {
      const giveUp = (): void => {
        if (!box.going) return;
        options.trouble(`${box.waiting.length + 1} line(s) not delivered`);
        box.waiting = [];
        box.going.abort.abort();
      };
      if (last.aborted) giveUp();
      last.addEventListener('abort', giveUp, { once: true });
      while (box.going) await box.going.done;
      last.removeEventListener('abort', giveUp);
    },
  };
}

interface Box {
  waiting: Letter[];
  going: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  isFailing: boolean;
  isDropping: boolean;
}

function start(box: Box, options: PostOptions): void {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  options.signal.addEventListener('abort', stop, { once: true });
  const done = deliver(box, options, abort.signal).finally(() => {
    options.signal.removeEventListener('abort', stop);
    box.going = undefined;
    if (box.waiting.length && !options.signal.aborted) start(box, options);
  });
  box.going = { done, abort };
}

async function deliver(box: Box, { hook, send, trouble }: PostOptions, signal: AbortSignal): Promise<void> {
  for (let letter = box.waiting.shift(); letter; letter = box.waiting.shift()) {
    const why = await Promise.race([failureOf(send, requestOf(hook, letter), signal), aborted(signal)]);
    if (signal.aborted) break;
    if (why !== undefined && !box.isFailing) trouble(`${cleanText(why, 200)} (not told again before it has worked)`);
    box.isFailing = why !== undefined;
  }
  box.isDropping = false;
}

/** Undefined: it was taken. */
async function failureOf(send: EventHookOptions['send'], request: HttpRequest, signal: AbortSignal): Promise<string | undefined> {
  try {
    const got = await send(request, signal);
    if ('error' in got) return got.error;
    const { status, body } = got.reply;
    return status >= 200 && status < 300 ? undefined : `HTTP ${status} ${body}`.trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A send that does not listen cannot hold us. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function requestOf(hook: Hook, { line, canary, key }: Letter): HttpRequest {
  const { name, namespace } = canary;
  const { phase, checksum } = line;
  return {
    method: 'POST',
    url: hook.url,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ name, namespace, phase, checksum, metadata: metadataOf(hook, line) }),
    timeout: hook.timeout,
    retries: hook.retries,
    ...(hook.insecure ? { insecure: true } : {}),
  };
}

/** What the user wrote, but for the three names that are the line's; in the order in which Flagger sends them. */
function metadataOf(hook: Hook, { type, text, at }: EventLine): Strings {
  const all = { ...hook.metadata, eventMessage: text, eventType: type, timestamp: String(Math.trunc(at)) };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
