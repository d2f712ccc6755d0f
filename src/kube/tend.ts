// Keeps one shelf fresh behind a watch, for as long as the lookout lives. It must never hand out what it learns: it only says that it did.
import type { Clock, Millis, Send } from '../ports.ts';
import { ending, pauseBefore } from './pause.ts';
import type { Random } from './pause.ts';
import { takeEvent } from './shelf.ts';
import type { Shelf } from './shelf.ts';
import { watch } from './watch.ts';
import type { WatchEnd } from './watch.ts';

export interface Tending {
  readonly send: Send;
  readonly clock: Clock;
  readonly random: Random;
  /** Reads the shelf anew; true when that brought news. */
  readonly reread: () => Promise<boolean>;
  readonly onChange: () => void;
}

/** How long a shelf is believed at first, and at most, after reads that brought no news: an honest watch costs next to nothing. */
export const firstTrust: Millis = 30_000;
const longestTrust: Millis = 240_000;
const shortLife: Millis = 1_000;

export function judgeTrust(shelf: Shelf, news: boolean): void {
  shelf.trust = news ? firstTrust : Math.min(longestTrust, shelf.trust * 4);
}

export async function tend(shelf: Shelf, tending: Tending, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const opened = tending.clock.now();
    const end = await watchOnce(shelf, tending, signal);
    shelf.live = false;
    if (signal.aborted) return;
    if (end.is === 'not-allowed') {
      shelf.watchable = false;
      return;
    }
    if (end.is === 'ended' && tending.clock.now() - opened >= shortLife) {
      failures = 0;
      continue;
    }
    const asked = end.is === 'failed' ? end.again : undefined;
    await tending.clock.sleep(asked ?? pauseBefore(failures++, { first: 500, longest: 30_000 }, tending.random), signal);
    if (signal.aborted) return;
    if (await rereadQuietly(tending)) tending.onChange();
  }
}

/** What could not be read stays as it is, and is read when somebody asks for it. */
async function rereadQuietly(tending: Tending): Promise<boolean> {
  try {
    return await tending.reread();
  } catch {
    return false;
  }
}

async function watchOnce(shelf: Shelf, tending: Tending, signal: AbortSignal): Promise<WatchEnd> {
  const stream = ending(signal);
  const heard = { at: tending.clock.now() };
  const guard = guardSilence({ shelf, tending, heard, broken: () => stream.end() }, stream.signal);
  try {
    const seconds = 240 + Math.floor(tending.random() * 60);
    const told = {
      opened() {
        shelf.live = true;
        shelf.missed = false;
        heard.at = tending.clock.now();
      },
      event(event: Parameters<typeof takeEvent>[1]) {
        heard.at = tending.clock.now();
        if (takeEvent(shelf, event)) tending.onChange();
      },
    };
    return await watch({ send: tending.send, of: shelf.of, version: shelf.version, seconds }, told, stream.signal);
  } catch (error) {
    return { is: 'failed', why: error instanceof Error ? error.message : String(error) };
  } finally {
    stream.end();
    await guard;
  }
}

/** A silent stream may be a quiet cluster or a dead connection: a read tells which. News that the stream kept from us ends it. */
async function guardSilence(
  watched: { shelf: Shelf; tending: Tending; heard: { at: Millis }; broken: () => void },
  signal: AbortSignal,
): Promise<void> {
  const { shelf, tending, heard, broken } = watched;
  for (;;) {
    const left = heard.at + shelf.trust - tending.clock.now();
    if (left > 0) await tending.clock.sleep(left, signal);
    if (signal.aborted) return;
    if (left > 0) continue;
    // Somebody may have read it meanwhile; then that read is the proof.
    if (shelf.readAt <= heard.at && (await rereadQuietly(tending))) tending.onChange();
    // A stream that has not even opened by now never will.
    if (shelf.missed || !shelf.live) return broken();
    heard.at = tending.clock.now();
  }
}
