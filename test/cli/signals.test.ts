// Signals: the first is obeyed in good order, a second one after a second leaves at once.
import { describe, expect, test } from '@jest/globals';
import { ends, run, type Engine } from './engine.ts';
import { podinfo } from './specs.ts';
import { outcome } from './worlds.ts';

describe('signals', () => {
  /** An engine that ends only when it hears of an intent. */
  const obeying: Engine = (request, io) =>
    new Promise((resolve) => {
      request.intents.onChange(() => {
        const by = request.intents.list()[0]?.by ?? '';
        resolve(request.canaries.map((canary) => outcome(canary, { is: 'parked', by, traffic: 'primary' })));
      });
      io.send('SIGTERM');
    });

  test('the first becomes an intent, and says what it does', async () => {
    const { exit, io, requests } = await run(podinfo, obeying);
    expect(exit).toBe(143);
    expect(io.err()).toContain(
      'SIGTERM: parking: traffic goes to the side that is ready, the primary wherever it can; the next run goes on from here (again after 1 s: leave at once)\n',
    );
    expect(requests[0]?.intents.list()).toMatchObject([{ verb: 'stop', by: 'SIGTERM' }]);
  });

  test('a second within a second is the bounce of the first', async () => {
    const { exit, requests } = await run(podinfo, (request, io) => {
      io.send('SIGINT');
      io.pass(999);
      io.send('SIGTERM');
      return ends({ is: 'parked', by: 'SIGINT', traffic: 'primary' })(request, io);
    });
    expect(exit).toBe(130);
    expect(requests[0]?.intents.list()).toHaveLength(1);
  });

  test('a second after a second leaves at once and says what it leaves behind', async () => {
    let asked = 0;
    const { exit, io, world } = await run(podinfo, async (request, io) => {
      const never = new AbortController().signal;
      io.send('SIGINT');
      io.pass(1000);
      io.send('SIGINT');
      await request.world.clock.sleep(60_000, never);
      asked++;
      return [];
    });
    expect(exit).toBe(130);
    expect(io.out()).toBe('');
    expect(io.err()).toContain(
      'SIGINT again: left at once, traffic stands as last written and is not read back: podinfo.test\nnext: canary heal podinfo -n test\n',
    );
    expect([asked, world.asked.length, world.closed(), io.listeners()]).toEqual([0, 0, 1, 0]);
  });
});
