import { test } from '@jest/globals';
import { objectOf } from '../../support/found.ts';
import { rehearse } from '../rehearsal.ts';
import { cluster, podinfo, untouched, decideOn, state, t0 } from '../support.ts';
import { release, takeOver, worldOf } from '../worlds.ts';
const theirService = objectOf(`
apiVersion: v1
kind: Service
metadata: {name: podinfo, namespace: test, labels: {team: web}, annotations: {keep: me}}
spec: {type: NodePort, selector: {app: podinfo, tier: web}, ports: [{name: http, protocol: TCP, port: 9898, targetPort: 9898, nodePort: 31000}]}
`);
test('x', () => {
  const world = worldOf(podinfo({ provider: 'kubernetes', strategy: { kind: 'iterations', count: 2, by: 'all' } }), { objects: [...untouched(), theirService] });
  release(world);
  console.log(JSON.stringify(world.kept.undo));
  takeOver(world);
  world.intents = [{ id: 'd', verb: 'delete', by: 'x' }];
  for (let i = 0; i < 9; i++) {  const s = rehearse(world, 1); console.log(i, world.now, JSON.stringify(s.writes), s.lines, world.state.phase, world.state.at, JSON.stringify(world.objects.find((o) => o.kind === 'Service' && o.metadata.name === 'podinfo')?.['spec'])); }
  const d0 = decideOn({ objects: world.objects, state: world.state, now: world.now, kept: world.kept, canary: world.kit.canary });
  console.log(JSON.stringify(d0.changes), JSON.stringify(world.objects.map((o) => [o.kind, o.metadata])));
  const adopted = [...cluster({ canaryPods: {wanted:2,ready:2} }).filter(({ kind, metadata }) => kind !== 'Service' || metadata.name !== 'podinfo')];
  const undo = { 'Service/podinfo': { spec: { selector: { app: 'podinfo', tier: 'web' } } } };
  const d = decideOn({ objects: [...adopted, { ...theirService, spec: { ...(theirService['spec'] as object), selector: {app: 'elsewhere'} } } as never], state: state('Terminating'), now: t0, kept: { undo } });
  console.log(JSON.stringify(d.changes));
});
