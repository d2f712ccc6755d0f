// Sign-in data of the metrics address, planted: it must reach neither stream, in neither format.
import { describe, expect, test } from '@jest/globals';
import { main } from '../../src/cli/main.ts';
import { realParts } from '../../src/cli/parts.ts';
import type { Event } from '../../src/core/types.ts';
import { run, type Engine } from './engine.ts';
import { fakeIo, fakeParts } from './fake-io.ts';
import { podinfo } from './specs.ts';
import { outcome } from './worlds.ts';

const address = 'http://bob:s3cret@127.0.0.1:1/?token=t0ken';
const planted = /s3cret|t0ken/;
const formats = [['text'], ['ndjson']];

/** Says the address wherever an engine can say something. */
const talking: Engine = ({ canaries, reporter }) => {
  const outcomes = canaries.map((canary) => {
    const text = `metrics server ${address} does not answer`;
    const say = (event: Event): void => reporter.event({ at: 0, canary, type: 'Warning', text, event });
    say({ at: 0, tell: 'weight', canary: 5 });
    say({ at: 0, tell: 'note', text });
    say({ at: 0, tell: 'hook', hook: address, passed: false } as Event);
    reporter.note(text, canary);
    const ended = outcome(
      canary,
      { is: 'parked', by: address, traffic: 'primary' },
      { why: text, next: `canary run --metrics-url ${address}` },
    );
    reporter.result(ended);
    return ended;
  });
  return Promise.resolve(outcomes);
};

describe.each(formats)('-o %s', (format) => {
  test('plan, events, notes and results', async () => {
    const { io } = await run(podinfo, talking, '--metrics-url', address, '-o', format);
    expect(`${io.out()}${io.err()}`).not.toMatch(planted);
    expect(io.err()).toContain('· metrics http://127.0.0.1:1/?… ·');
    expect(io.out()).toContain('metrics server http://127.0.0.1:1/?… does not answer');
    expect(io.err()).toContain('next: canary run --metrics-url http://127.0.0.1:1/?…');
  });

  test('a metrics server that does not answer', async () => {
    const io = fakeIo({ stdin: podinfo });
    const parts = fakeParts({
      ...realParts,
      sandbox: (options) => realParts.sandbox({ ...options, clock: 'virtual', metricsServers: [] }),
    });
    expect(await main(['run', '-', '--sandbox', '--metrics-url', address, '-o', format], io, parts)).toBe(5);
    expect(`${io.out()}${io.err()}`).toContain('metrics server http://127.0.0.1:1/?… does not answer');
    expect(`${io.out()}${io.err()}`).not.toMatch(planted);
  });
});
