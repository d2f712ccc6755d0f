// The planted bugs: what each stands for, the few words of src/ that make it, how it is provoked, and which invariants must report it. Data.
import type { InvariantId } from '../setup.ts';
import type { Patch } from './engine.ts';
import type { PROVOCATIONS } from './all.ts';

export interface Bug {
  readonly name: string;
  /** The class of bugs, and who had it. */
  readonly like: string;
  readonly patches: readonly Patch[];
  readonly provoked: keyof typeof PROVOCATIONS;
  readonly caught: readonly InvariantId[];
}

export const SPLIT_BUGS: readonly Bug[] = [
  {
    name: 'the canary is scaled down before the route is home',
    like: 'traffic to nothing ready (Argo Rollouts #777, #3586)',
    patches: [
      {
        file: 'src/core/phases/home.ts',
        find: 'const changes = [...routeTo(pass, isWhole(pass)',
        replace: 'const changes = [...scaleDown(pass), ...routeTo(pass, isWhole(pass)',
      },
    ],
    provoked: 'a rollback',
    caught: ['I1', 'I3', 'I13'],
  },
  {
    name: 'the primary is scaled down instead of the canary',
    like: 'rollback makes it worse (Argo Rollouts #1292)',
    patches: [
      {
        file: 'src/core/guards.ts',
        find: "return target.scale(pass.ctx, 'canary', 'zero')",
        replace: "return target.scale(pass.ctx, 'primary', 'zero')",
      },
    ],
    provoked: 'a rollback',
    caught: ['I1', 'I3'],
  },
  {
    name: 'no drain',
    like: 'control plane ack is not data plane (Flagger #773, Argo Rollouts #3681)',
    patches: [
      {
        file: 'src/core/guards.ts',
        find: 'return at !== undefined && pass.seen.now >= at + pass.kit.options.drain;',
        replace: 'return at !== undefined;',
      },
    ],
    provoked: 'a promotion',
    caught: ['I13'],
  },
  {
    name: 'no drain at the end of bootstrap',
    like: 'bootstrap (Flagger #1444)',
    patches: [
      {
        file: 'src/core/phases/bootstrap.ts',
        find: 'if (!isDrained(pass)) return',
        replace: 'if (!isDrained(pass) && state.epoch < 0) return',
      },
    ],
    provoked: 'a bootstrap under traffic',
    caught: ['I13'],
  },
  {
    name: 'weight is raised without a look at readiness',
    like: 'traffic to nothing ready (Flagger #874, PR #1253)',
    patches: [
      {
        file: 'src/core/phases/analysis.ts',
        find: "if (canary.is === 'waiting') return waitFor(pass, { side: 'canary', why: canary.why });",
        replace: '',
      },
      {
        file: 'src/core/phases/analysis.ts',
        find: "const ready = canary.is === 'ready' && seen.now >= settledAt;",
        replace: 'const ready = true;',
      },
      { file: 'src/core/guards.ts', find: "if (needsCanary(want) && !ready('canary'))", replace: 'if (pass.state.epoch < 0)' },
    ],
    provoked: 'a promotion',
    caught: ['I1'],
  },
  {
    name: 'a canary whose pods died keeps its traffic',
    like: 'traffic to nothing ready (Flagger #874)',
    patches: [{ file: 'src/core/guards.ts', find: "if (needsCanary(want) && !ready('canary'))", replace: 'if (pass.state.epoch < 0)' }],
    provoked: 'pods of the canary that die',
    caught: ['I1'],
  },
  {
    name: 'bootstrap moves the selector before the primary is ready',
    like: 'outage at start (Flagger #374, #1444)',
    patches: [
      {
        file: 'src/core/phases/bootstrap.ts',
        find: "if (primary.is === 'waiting') {",
        replace: "if (primary.is === 'waiting' && pass.state.epoch < 0) {",
      },
      {
        file: 'src/core/guards.ts',
        find: "const mayMove = target.ready(pass.ctx, 'primary') > 0 ||",
        replace: "const mayMove = target.ready(pass.ctx, 'primary') >= 0 ||",
      },
    ],
    provoked: 'a bootstrap under traffic',
    caught: ['I1'],
  },
  {
    name: 'a failed promotion sends all traffic to the stalled primary',
    like: 'rollback makes it worse (Flagger #1898, #1932)',
    patches: [
      { file: 'src/core/guards.ts', find: "if (needsPrimary(want) && !ready('primary'))", replace: 'if (pass.state.epoch < 0)' },
      {
        file: 'src/core/phases/home.ts',
        find: 'if (back.length) return putBack(pass, back);',
        replace: 'if (back.length) return decided(pass, { changes: [...routeTo(pass, state.traffic), ...back] });',
      },
    ],
    provoked: 'a primary that fails in promotion',
    caught: ['I1', 'I3'],
  },
  {
    name: 'promotion copies what stands on the target now',
    like: 'time-of-check gap (Flagger #30; reliability 3)',
    patches: [
      { file: 'src/core/phases/promotion.ts', find: 'if (target?.hash !== state.revision) return', replace: 'if (!target) return' },
    ],
    provoked: 'a push while dead, between the last check and the copy',
    caught: ['I2'],
  },
  {
    name: 'a new revision on the way is not noticed',
    like: 'wrong revision (Flagger #30)',
    patches: [
      {
        file: 'src/core/phases/analysis.ts',
        find: 'if (target.hash === state.revision) return undefined;',
        replace: 'if (target.hash !== state.promoted) return undefined;',
      },
      { file: 'src/core/phases/promotion.ts', find: 'if (target?.hash !== state.revision) return', replace: 'if (!target) return' },
    ],
    provoked: 'a new revision on the way',
    caught: ['I2'],
  },
  {
    name: 'a new revision after a rollback is swallowed',
    like: 'stuck in Failed, later revisions ignored (devantler-tech/platform#2387)',
    patches: [
      {
        file: 'src/core/phases/idle.ts',
        find: 'if (target.hash === primary.hash) return unchanged(pass);',
        replace: "if (target.hash === primary.hash || state.phase === 'Failed') return unchanged(pass);",
      },
    ],
    provoked: 'a new revision after a rollback',
    caught: ['I4'],
  },
  {
    name: 'NaN is taken for good',
    like: 'false success (Argo Rollouts #943, #2026)',
    patches: [
      { file: 'src/metrics/prometheus.ts', find: 'if (/^([+-]?Inf|NaN)$/.test(text)) return noValues;', replace: '' },
      { file: 'src/metrics/prometheus.ts', find: 'if (!/^[+-]?(\\d+', replace: 'if (!/NaN|^[+-]?(\\d+' },
      {
        file: 'src/metrics/prometheus.ts',
        find: "return Number.isFinite(value) ? { is: 'value', value } : noValues;",
        replace: "return { is: 'value', value };",
      },
      { file: 'src/core/checks.ts', find: "if (!Number.isFinite(value)) return 'below';", replace: '' },
    ],
    provoked: 'metrics that are NaN',
    caught: ['I2', 'I5'],
  },
  {
    name: 'no values are taken for good',
    like: 'no data is good data (Argo Rollouts #943)',
    patches: [
      {
        file: 'src/core/checks.ts',
        find: "if (answer.is !== 'value') return { name",
        replace: "if (answer.is === 'no-values') return undefined;\n  if (answer.is !== 'value') return { name",
      },
    ],
    provoked: 'metrics without values',
    caught: ['I2', 'I5'],
  },
  {
    name: 'metrics that cannot be asked are taken for good',
    like: 'Successful although every measurement errored (Argo Rollouts #4479)',
    patches: [
      {
        file: 'src/core/checks.ts',
        find: "if (answer.is !== 'value') return { name",
        replace: "if (answer.is === 'error') return undefined;\n  if (answer.is !== 'value') return { name",
      },
    ],
    provoked: 'metrics that cannot be asked',
    caught: ['I2', 'I5'],
  },
  {
    name: 'a failed check advances all the same',
    like: 'false success (Argo Rollouts #2026)',
    patches: [
      {
        file: 'src/core/phases/analysis.ts',
        find: 'judged.failure ? fail(here, judged.failure) : advance(here)',
        replace: 'judged.failure && shareOf(here.state.traffic) > 20 ? fail(here, judged.failure) : advance(here)',
      },
    ],
    provoked: 'a rollback',
    caught: ['I5'],
  },
  {
    name: 'answers about one weight count for the next',
    like: 'steps run too fast (Flagger #1613)',
    patches: [
      {
        file: 'src/core/advance.ts',
        find: "{ ...without(nextCheck(open), 'at', 'gate'), traffic }",
        replace: "{ ...without(open, 'at', 'gate'), traffic }",
      },
    ],
    provoked: 'a promotion',
    caught: ['I2', 'I5'],
  },
  {
    name: 'every second step is left out',
    like: 'steps run too fast (Flagger #1613)',
    patches: [
      {
        file: 'src/core/weights.ts',
        find: 'return steps.find((weight) => weight > current);',
        replace: 'return steps.filter((weight) => weight > current).slice(0, 2).at(-1);',
      },
    ],
    provoked: 'a promotion',
    caught: ['I2', 'I11'],
  },
  {
    name: 'a step is left out after a kill',
    like: 'a record that says less than was done',
    patches: [
      {
        file: 'src/core/resume.ts',
        find: 'const taken: State = { ...left, traffic,',
        replace: "const taken: State = { ...left, traffic: { kind: 'split', canary: state.traffic.canary + 10 },",
      },
    ],
    provoked: 'a kill before a weight is sent',
    caught: ['I2', 'I11'],
  },
  {
    name: 'iterations are not waited for',
    like: 'blue/green promotes early (Flagger PR #1253)',
    patches: [{ file: 'src/core/advance.ts', find: 'if (state.iterations < count) {', replace: 'if (state.iterations < 1) {' }],
    provoked: 'blue/green',
    caught: ['I2'],
  },
  {
    name: 'exit 0 after a rollback',
    like: 'false success (k8s-deploy #305)',
    patches: [{ file: 'src/runner/exit.ts', find: '{ checks: 10,', replace: '{ checks: 0,' }],
    provoked: 'a rollback',
    caught: ['I4'],
  },
  {
    name: 'Ctrl-C says that traffic is on the primary and does not look',
    like: 'abort ignored (Argo Rollouts #1152, #4461)',
    patches: [
      {
        file: 'src/core/phases/parking.ts',
        find: 'if (changes.length) return decided(pass, { changes });\n  if (!isRouted(pass, safe)) return decided(pass, {});',
        replace: '',
      },
    ],
    provoked: 'Ctrl-C under way',
    caught: ['I4'],
  },
  {
    name: 'weights of 100 and 100',
    like: 'Flagger PR #1692',
    patches: [
      {
        file: 'src/routers/rules/writing.ts',
        find: "entry('primary', 100 - share), entry('canary', share)",
        replace: "entry('primary', 100), entry('canary', share)",
      },
    ],
    provoked: 'a promotion',
    caught: ['I7'],
  },
  {
    name: 'a rollback leaves the canary running',
    like: 'stuck after abort (Argo Rollouts #2048)',
    patches: [
      {
        file: 'src/core/phases/home.ts',
        find: "if (kit.target.wanted(ctx, 'canary') === 0) return done(pass);",
        replace: 'return done(pass);',
      },
    ],
    provoked: 'a rollback',
    caught: ['I3'],
  },
  {
    name: 'a way back is forgotten by a kill',
    like: 'an aborted rollout shifts traffic again on restart (Argo Rollouts #1665)',
    patches: [
      { file: 'src/core/resume.ts', find: "without(state, 'parked', 'waiting',", replace: "without(state, 'home', 'parked', 'waiting'," },
    ],
    provoked: 'a kill on the way back',
    caught: ['I11'],
  },
  {
    name: 'a failed check is counted twice after a kill',
    like: 'stale count (Argo Rollouts #3316)',
    patches: [
      {
        file: 'src/core/resume.ts',
        find: 'const taken: State = { ...left, traffic,',
        replace: 'const taken: State = { ...left, traffic, check: { no: Math.max(0, state.check.no - 1), dueAt: who.now },',
      },
    ],
    provoked: 'a kill after a failed check was counted',
    caught: ['I11'],
  },
  {
    name: 'an answered hook is called again after a kill',
    like: 'hooks run again (Flagger #1248)',
    patches: [{ file: 'src/core/checks.ts', find: 'if (memory && state.passed.includes(memory)) continue;', replace: '' }],
    provoked: 'a kill after a hook was answered',
    caught: ['I11'],
  },
  {
    name: 'the record is saved after the deed',
    like: 'a record that says less than was done (Argo Rollouts #726)',
    patches: [
      {
        file: 'src/runner/drive.ts',
        find: '  const committed = await commit(drive, decision, found);',
        replace: '  const acted = await carryOut(drive, decision, found);\n  const committed = await commit(drive, decision, found);',
      },
      {
        file: 'src/runner/drive.ts',
        find: "\n  const acted = await carryOut(drive, decision, found);\n  if (acted.is === 'lost')",
        replace: "\n  if (acted.is === 'lost')",
      },
    ],
    provoked: 'a promotion',
    caught: ['I11'],
  },
  {
    name: 'a takeover without a new epoch',
    like: 'two drivers (Argo Rollouts #2117)',
    patches: [{ file: 'src/runner/lock.ts', find: 'epoch: 1 + Math.max(', replace: 'epoch: Math.max(' }],
    provoked: 'a write that arrives after a takeover',
    caught: ['I6'],
  },
  {
    name: 'a takeover without stamps',
    like: 'lease and resourceVersion, no stamp (reliability 4)',
    patches: [{ file: 'src/runner/lock.ts', find: '[() => stampAll(taking, held)]', replace: '[]' }],
    provoked: 'a write that arrives after a takeover',
    caught: ['I4', 'I6'],
  },
  {
    name: 'a 409 is answered by a blind retry',
    like: 'retry defeats compare-and-set (reliability 3, 4)',
    patches: [
      {
        file: 'src/runner/act.ts',
        find: 'return settle(acting, change.ref, await acting.objects.merge(change.ref, { patch: patch as JsonObject, resourceVersion }, acting.signal));',
        replace: `const merge = (version: string) => acting.objects.merge(change.ref, { patch: patch as JsonObject, resourceVersion: version }, acting.signal);
  const written = await merge(resourceVersion);
  const now = written.is === 'conflict' ? await acting.objects.get(change.ref, acting.signal) : undefined;
  return settle(acting, change.ref, now?.is === 'present' ? await merge(now.object.metadata.resourceVersion ?? '') : written);`,
      },
    ],
    provoked: 'a write that arrives after a takeover',
    caught: ['I4', 'I6'],
  },
  {
    name: 'a driver that woke up minds neither stamp nor record',
    like: 'an ex-leader keeps working beside the new one (Argo Rollouts #2117)',
    patches: [
      { file: 'src/runner/act.ts', find: 'if (stamp > acting.epoch) return', replace: 'if (stamp < 0) return' },
      {
        file: 'src/runner/lock.ts',
        find: 'if (driver !== mine.state.driver || epoch !== mine.state.epoch) {',
        replace: 'if (epoch < 0) {',
      },
    ],
    provoked: 'a write that arrives after a takeover',
    caught: ['I6'],
  },
  {
    name: 'a takeover decides on what it saw before the stamps',
    like: 'stamps only after reading (reliability 4)',
    patches: [
      {
        file: 'src/runner/stamps.ts',
        find: 'let found = first;',
        replace: 'let found = (await lookout.fresh(refs, signal), await lookout.see(refs, signal));',
      },
      {
        file: 'src/runner/start.ts',
        find: "if ('lost' in held) throw",
        replace: "Object.assign(held, { before: found });\n  if ('lost' in held) throw",
      },
      {
        file: 'src/runner/start.ts',
        find: 'const found = await look(kit, { lookout, made: [] }, env.signal);',
        replace: 'const found = await look(kit, { lookout, made: [], more: [recordRef(kit.canary)] }, env.signal);',
      },
      {
        file: 'src/runner/start.ts',
        find: 'import { readRecord, readStoredKept,',
        replace: 'import { readRecord, readStoredKept, recordRef,',
      },
      {
        file: 'src/runner/drive.ts',
        find: 'const found = await look(',
        replace:
          'const seenBefore = (drive.held as { before?: Found }).before;\n  Object.assign(drive.held, { before: undefined });\n  const found = seenBefore ?? await look(',
      },
    ],
    provoked: 'a write that arrives in the midst of a takeover',
    caught: ['I4'],
  },
  {
    name: 'patches without resourceVersion',
    like: 'unconditional update (reliability 1)',
    patches: [{ file: 'src/kube/objects.ts', find: 'metadata: { ...metadata, resourceVersion } });', replace: 'metadata });' }],
    provoked: 'a promotion',
    caught: ['I12'],
  },
  {
    name: 'deletes without uid',
    like: 'foreign objects touched (Flagger #686)',
    patches: [{ file: 'src/kube/objects.ts', find: ', preconditions: { uid, resourceVersion } };', replace: ' };' }],
    provoked: 'a promotion',
    caught: ['I12'],
  },
  {
    name: 'a run with nothing to do takes the lock',
    like: 'hot loop (Argo Rollouts #2982)',
    patches: [
      {
        file: 'src/runner/start.ts',
        find: 'return still ? decision.result : undefined;',
        replace: 'return still ? undefined : undefined;',
      },
    ],
    provoked: 'a promotion',
    caught: ['I10'],
  },
];
