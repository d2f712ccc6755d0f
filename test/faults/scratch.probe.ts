import { test } from '@jest/globals';
import { openScene, type SceneName } from './scene.ts';
import { golden, survive, allKills } from './sweep.ts';
const names = (process.env['SCENES'] ?? '').split(',') as SceneName[];
const share = Number(process.env['SHARE'] ?? 0);
const phase = Number(process.env['PHASE'] ?? 0);
test.each(names)(
  '%s',
  async (name) => {
    const scene = await openScene(name);
    const t0 = Date.now();
    const good = await golden(scene);
    const ms = Date.now() - t0;
    const out = [
      `${name}: ${good.requests} requests (${0} http) ${ms} ms exit ${good.exit}; told ${good.told.length}`,
      ...good.violations.map((v) => `  GOLDEN ${v.invariant} at ${v.seq}: ${v.why}`),
    ];
    if (share) {
      const kills = allKills(good.requests).filter((_, no) => no % share === phase % share);
      const t1 = Date.now();
      let bad = 0;
      for (const kill of kills) {
        const wrong = await Promise.race([
          survive(scene, good, kill),
          new Promise<string[]>((r) => setTimeout(() => r(['NEVER ENDED']), 20000).unref()),
        ]);
        if (wrong.length) bad++;
        if (bad < 25) out.push(...wrong.map((w) => `  killed ${kill.position} ${kill.at}: ${w.slice(0, 700)}`));
      }
      out.push(`  ${kills.length} kills, ${bad} bad, ${Date.now() - t1} ms`);
    }
    process.stdout.write(out.join('\n') + '\n');
  },
  590_000,
);
