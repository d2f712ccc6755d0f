// The real streams of the command line: what happens when their reader goes away.
import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { outOf } from '../../src/cli/io.ts';

test('a stream whose reader has gone is muted, and tells who asked to be told', () => {
  const written: string[] = [];
  const stream = Object.assign(new EventEmitter(), { write: (text: string) => written.push(text) });
  const out = outOf(() => stream as unknown as NodeJS.WriteStream);
  let told = 0;
  const stop = out.onGone(() => told++);
  out.onGone(() => told++);
  stop();
  out.write('a');
  stream.emit('error', new Error('write EPIPE'));
  out.write('b');
  expect([written, told]).toEqual([['a'], 1]);
});
