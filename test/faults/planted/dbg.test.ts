import { test } from '@jest/globals';
import { openScene, play } from '../scene.ts';
import { BUGS } from './bugs.ts';
import { plant } from './engine.ts';
import { PROVOCATIONS } from './provocations.ts';
import { stateOf, replicasOf } from '../facts.ts';
import { canaryWeight } from '../setup.ts';
import { setupOf } from '../scene.ts';
test('x', async () => {
  const p = PROVOCATIONS[process.env.P as keyof typeof PROVOCATIONS];
  const scene = await openScene(p.scene);
  const bug = BUGS.find((b) => b.name === process.env.B);
  const here = play(scene, bug && (await plant('dbg', bug.patches)));
  console.log(JSON.stringify(await p.play(here)));
  const setup = setupOf(scene);
  const out = here.log.entries.map(
    (e) =>
      `${e.seq} ${((e.t % 86400000) / 1000).toFixed(2)} ${e.actor} ${e.verb} ${e.path.split('/').slice(-2).join('/')} ${e.status} w=${canaryWeight(setup, e.view)} ready=${e.view.ready.primary}/${e.view.ready.canary} rep=${replicasOf(e.view.primary)}/${replicasOf(e.view.target)} ${stateOf(e.view.record)?.phase} ${JSON.stringify(stateOf(e.view.record)?.home ?? '').slice(0, 150)} ${e.verb === 'GET' ? '' : JSON.stringify(e.body).slice(0, 200)}`,
  );
  process.stdout.write(out.join('\n') + '\n');
});
