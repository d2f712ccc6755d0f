import { test } from '@jest/globals';
import { openScene } from './scene.ts';
import { play } from './play.ts';
import { stateOf, objectOf, isDriverWrite } from './facts.ts';
test('x', async () => {
  const scene = await openScene('delete');
  process.stdout.write('opened\n');
  const { golden } = await import('./sweep.ts');
  const g = await Promise.race([golden(scene), new Promise((r) => setTimeout(() => r('late'), 8000).unref())]);
  process.stdout.write(JSON.stringify((g as any).violations ?? g) + '\n');
  const here = play(scene);
  const ran = here.drive('golden');
  const r = await Promise.race([ran, new Promise((r) => setTimeout(() => r('late'), 8000).unref())]);
  process.stdout.write(JSON.stringify(r)?.slice(0, 600) + '\n');
  for (const e of here.log.entries.slice(-400))
    if ((isDriverWrite(e) && !/events|leases/.test(e.path)) || e.status >= 400)
      process.stdout.write(
        `${e.seq} ${e.t % 1e7} ${e.verb} ${objectOf(e)} ${e.status} ${stateOf(e.view.record)?.phase} ready ${e.view.ready.primary}/${e.view.ready.canary} ${JSON.stringify(e.body)?.slice(0, 200)}\n`,
      );
}, 20000);
