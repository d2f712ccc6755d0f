// Event webhooks: one POST a said line and hook, in order, whatever the hook does.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { HttpReply, HttpRequest } from '../../src/contracts.ts';
import { createEventHooks, type EventHooks, type EventLine } from '../../src/runner/event-hooks.ts';
import type { Hook } from '../../src/spec/types.ts';

type Got = { reply: HttpReply } | { error: string };

const fine: Got = { reply: { status: 200, body: '' } };
const never = new AbortController().signal;

function hook(changed: Partial<Hook> = {}): Hook {
  return {
    name: 'events',
    type: 'event',
    url: 'http://hooks.example/event',
    timeout: 5000,
    retries: 0,
    insecure: false,
    muteAlert: false,
    metadata: {},
    where: 'canary.yaml:1:1',
    ...changed,
  };
}

function line(text: string, changed: Partial<EventLine> = {}): EventLine {
  return { type: 'Normal', text, at: 1_795_223_548_684, phase: 'Progressing', checksum: '55695f9f87', ...changed };
}

interface Scene {
  hooks: EventHooks;
  requests: HttpRequest[];
  signals: AbortSignal[];
  troubles: string[];
  /** Answers the oldest request of this address that is still open. */
  answer(got: Got | Error, url?: string): Promise<void>;
  stop(): void;
}

/** The hook answers when the test says so: nothing here waits for time. */
function scene(...hooks: Hook[]): Scene {
  const open: { url: unknown; end(got: Got | Error): void }[] = [];
  const requests: HttpRequest[] = [];
  const signals: AbortSignal[] = [];
  const troubles: string[] = [];
  const all = new AbortController();
  const created = createEventHooks({
    hooks: hooks.length ? hooks : [hook()],
    canary: { name: 'podinfo', namespace: 'test' },
    signal: all.signal,
    onTrouble: (text) => troubles.push(text),
    send: (request, signal) => {
      requests.push(request);
      signals.push(signal);
      return new Promise((resolve, reject) => {
        open.push({ url: request.url, end: (got) => (got instanceof Error ? reject(got) : resolve(got)) });
      });
    },
  });
  return {
    hooks: created,
    requests,
    signals,
    troubles,
    stop: () => all.abort(),
    async answer(got, url = 'http://hooks.example/event') {
      const place = open.findIndex((each) => each.url === url);
      if (place < 0) throw new Error(`nothing is on its way to ${url}`);
      open.splice(place, 1)[0]?.end(got);
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

function messages({ requests }: Scene): string[] {
  return requests.map(({ body = '' }) => (JSON.parse(body) as { metadata: { eventMessage: string } }).metadata.eventMessage);
}

describe('a line', () => {
  test('is what Flagger sent', () => {
    const recorded = readFileSync(new URL('../parity/recordings/hooks-all/hooks.jsonl', import.meta.url), 'utf8')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { path: string; body: Recorded })
      .filter(({ path }) => path === 'event');
    expect(recorded.length).toBeGreaterThan(30);
    for (const { body } of recorded) {
      const { eventMessage, eventType, timestamp } = body.metadata;
      const { hooks, requests } = scene(hook({ metadata: { environment: 'staging' } }));
      const { phase, checksum } = body;
      hooks.tell({ type: eventType, text: eventMessage, at: Number(timestamp), phase, checksum });
      expect(requests[0]?.body).toBe(JSON.stringify({ ...body, name: 'podinfo', namespace: 'test' }));
    }
  });

  interface Recorded {
    phase: string;
    checksum: string;
    metadata: { eventMessage: string; eventType: EventLine['type']; timestamp: string };
  }

  test('wins over metadata of the same names, and leaves the rest alone', () => {
    const metadata = { zone: 'a', eventMessage: 'mine', eventType: 'mine', timestamp: 'mine', __proto__x: 'b' };
    const { hooks, requests } = scene(hook({ metadata }));
    hooks.tell(line('said', { type: 'Warning', at: 12.75 }));
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      metadata: { zone: 'a', eventMessage: 'said', eventType: 'Warning', timestamp: '12', __proto__x: 'b' },
    });
  });

  test('goes out with the deadline, tries and TLS of its hook', () => {
    const { hooks, requests } = scene(hook({ timeout: 7000, retries: 3, insecure: true }));
    hooks.tell(line('a'));
    expect(requests).toEqual([
      {
        method: 'POST',
        url: 'http://hooks.example/event',
        headers: { 'content-type': 'application/json', 'idempotency-key': expect.stringMatching(/^[\x21-\x7e]+$/) },
        body: expect.any(String),
        timeout: 7000,
        retries: 3,
        insecure: true,
      },
    ]);
  });

  test('has a key of its own, also beside its equal and at another hook', async () => {
    const said = scene(hook(), hook({ name: 'too', url: 'http://other.example' }));
    said.hooks.tell(line('same'));
    said.hooks.tell(line('same'));
    await said.answer(fine);
    await said.answer(fine, 'http://other.example');
    const keys = said.requests.map(({ headers }) => headers?.['idempotency-key']);
    expect(new Set(keys).size).toBe(4);
  });

  test('goes to event hooks alone', () => {
    const { hooks, requests } = scene(hook({ type: 'rollout' }), hook({ type: 'post-rollout' }));
    hooks.tell(line('a'));
    expect(requests).toEqual([]);
  });
});

describe('order', () => {
  test('the next line leaves when the one before it was answered', async () => {
    const said = scene();
    for (const text of ['a', 'b', 'c']) said.hooks.tell(line(text));
    expect(messages(said)).toEqual(['a']);
    await said.answer(fine);
    expect(messages(said)).toEqual(['a', 'b']);
    await said.answer({ error: 'gone' });
    await said.answer(fine);
    said.hooks.tell(line('d'));
    expect(messages(said)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a hook that hangs does not hold up the other', async () => {
    const said = scene(hook({ name: 'slow', url: 'http://slow' }), hook());
    for (const text of ['a', 'b']) said.hooks.tell(line(text));
    await said.answer(fine);
    await said.answer(fine);
    expect(said.requests.map(({ url }) => url)).toEqual(['http://slow', 'http://hooks.example/event', 'http://hooks.example/event']);
  });
});

describe('failure', () => {
  const refused: Got = { reply: { status: 404, body: 'no such\u001b[31m\nroom' } };

  test('is told once, and again after the hook has worked', async () => {
    const said = scene();
    for (const text of ['a', 'b', 'c', 'd', 'e']) said.hooks.tell(line(text));
    await said.answer(refused);
    await said.answer({ error: 'POST http://hooks.example/event giving up after 1 attempt(s)' });
    expect(said.troubles).toEqual(['event webhook events: HTTP 404 no such room (not told again before it has worked)']);
    await said.answer({ reply: { status: 204, body: '' } });
    await said.answer(new Error('boom'));
    await said.answer(fine);
    expect(said.troubles.slice(1)).toEqual(['event webhook events: boom (not told again before it has worked)']);
    expect(messages(said)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('is told for each hook', async () => {
    const said = scene(hook(), hook({ name: 'other', url: 'http://other' }));
    said.hooks.tell(line('a'));
    await said.answer(refused);
    await said.answer(refused, 'http://other');
    expect(said.troubles).toHaveLength(2);
  });

  test('a send that throws at once is a failure like any other', async () => {
    const troubles: string[] = [];
    const hooks = createEventHooks({
      hooks: [hook()],
      canary: { name: 'podinfo', namespace: 'test' },
      signal: never,
      onTrouble: (text) => troubles.push(text),
      send: () => {
        throw new Error('no such host');
      },
    });
    hooks.tell(line('a'));
    await hooks.flush(never);
    expect(troubles).toEqual([expect.stringContaining('no such host')]);
  });
});

describe('too many lines', () => {
  test('a hundred wait; then the oldest go, with one note', async () => {
    const said = scene();
    for (let no = 0; no <= 100; no++) said.hooks.tell(line(`line ${no}`));
    expect(said.troubles).toEqual([]);
    for (let no = 101; no <= 105; no++) said.hooks.tell(line(`line ${no}`));
    expect(said.troubles).toEqual(['event webhook events: more than 100 lines are waiting for it, the oldest are dropped']);
    for (let no = 0; no <= 100; no++) await said.answer(fine);
    expect(messages(said)).toEqual(['line 0', ...Array.from({ length: 100 }, (_, i) => `line ${i + 6}`)]);
  });

  test('the note is given again when it had caught up in between', async () => {
    const said = scene();
    for (let round = 1; round <= 2; round++) {
      for (let no = 0; no <= 101; no++) said.hooks.tell(line(`line ${no}`));
      expect(said.troubles).toHaveLength(round);
      for (let no = 0; no <= 100; no++) await said.answer(fine);
    }
  });
});

describe('the end', () => {
  test('flush waits for every line', async () => {
    const said = scene();
    let isFlushed = false;
    said.hooks.tell(line('a'));
    said.hooks.tell(line('b'));
    const flushed = said.hooks.flush(never).then(() => (isFlushed = true));
    await said.answer(fine);
    expect(isFlushed).toBe(false);
    await said.answer(fine);
    await flushed;
    expect(said.troubles).toEqual([]);
  });

  test('flush with nothing to wait for is over at once', async () => {
    await scene().hooks.flush(never);
    await scene(hook({ type: 'rollout' })).hooks.flush(never);
    const said = scene();
    said.hooks.tell(line('a'));
    await said.answer(fine);
    await said.hooks.flush(AbortSignal.abort());
    expect(said.troubles).toEqual([]);
  });

  test.each(['before', 'while'])(
    'what is left is given up where time is over %s it waits, though the send does not listen',
    async (when) => {
      const said = scene();
      for (const text of ['a', 'b', 'c']) said.hooks.tell(line(text));
      const last = new AbortController();
      if (when === 'before') last.abort();
      const flushed = said.hooks.flush(last.signal);
      last.abort();
      await flushed;
      expect(said.signals[0]?.aborted).toBe(true);
      expect(messages(said)).toEqual(['a']);
      expect(said.troubles).toEqual(['event webhook events: 3 line(s) not delivered']);
      said.hooks.tell(line('d'));
      expect(messages(said)).toEqual(['a', 'd']);
    },
  );

  test('when everything ends nothing is sent any more', async () => {
    const said = scene();
    said.hooks.tell(line('a'));
    said.hooks.tell(line('b'));
    said.stop();
    said.hooks.tell(line('c'));
    await said.hooks.flush(never);
    said.hooks.tell(line('d'));
    await said.hooks.flush(never);
    expect(said.signals[0]?.aborted).toBe(true);
    expect([messages(said), said.troubles]).toEqual([['a'], []]);
  });
});
