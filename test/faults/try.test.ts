import { test } from '@jest/globals';
import { openScene, scenes } from './scene.ts';
import { allKills, golden, survive } from './sweep.ts';
test('x', async () => {
  for (const name of (process.env.CASES?.split(',') ?? scenes) as typeof scenes) {
    const t = Date.now();
    const scene = await openScene(name);
    const good = await golden(scene);
    process.stdout.write(
      `${name}: ${good.requests} requests, exit ${good.exit}, ${Date.now() - t} ms, golden: ${JSON.stringify(good.violations)}\n`,
    );
    if (process.env.GOLDEN) continue;
    const all = allKills(good.requests);
    const step = Number(process.env.STEP ?? 7);
    const found = new Map<string, string[]>();
    let n = 0;
    for (const [i, kill] of all.entries()) {
      if (i % step) continue;
      n++;
      const wrong = await survive(scene, good, kill);
      for (const w of wrong) {
        const key = w.replace(/\d+/g, '#').slice(0, 120);
        found.set(key, [...(found.get(key) ?? []), `${kill.at}/${kill.position} ${w}`]);
      }
    }
    process.stdout.write(`  ${n} kills in ${Date.now() - t} ms\n`);
    for (const [, list] of found) process.stdout.write(`  ${list.length}x ${list.slice(0, 2).join('\n      ').slice(0, 700)}\n`);
  }
}, 600000);
