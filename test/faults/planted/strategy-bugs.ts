// Planted bugs of strategies, gates, messages and tracked config: what each stands for, the few words of src/ that make it, and who must see it. Data.
import type { Bug } from './bugs.ts';

export const STRATEGY_BUGS: readonly Bug[] = [
  {
    name: 'a closed gate is taken for open',
    like: 'a gate that errs lets through (Flagger #1248)',
    patches: [
      {
        file: 'src/core/checks.ts',
        find: "if (failure && question.ask === 'hook' && isGate(question)) return",
        replace:
          "if (failure && question.ask === 'hook' && isGate(question)) continue;\n    if (state.epoch < 0 && failure && question.ask === 'hook') return",
      },
    ],
    provoked: 'a release with gates',
    caught: ['I2', 'I5'],
  },
  {
    name: 'a yes to another revision opens the gate',
    like: 'approval of what is gone (time-of-check gap, reliability 3)',
    patches: [
      {
        file: 'src/core/phases/idle.ts',
        find: 'if (state.asking && state.revision === revision) return state;',
        replace: 'if (state.asking) return state;',
      },
    ],
    provoked: 'a new revision at a closed gate',
    caught: ['I5'],
  },
  {
    name: "a rollback hook's yes is not obeyed",
    like: 'abort ignored (Argo Rollouts #1152)',
    patches: [
      { file: 'src/core/checks.ts', find: "const calledOff = answer.is === 'ok';", replace: "const calledOff = answer.is === 'value';" },
    ],
    provoked: 'a rollback hook that says yes',
    caught: ['I3'],
  },
  {
    name: 'mirrored requests count as a share',
    like: 'steps run too fast (Flagger #1613)',
    patches: [
      {
        file: 'src/core/traffic.ts',
        find: "return traffic.kind === 'split' ? traffic.canary : 0;",
        replace: "return traffic.kind === 'split' ? traffic.canary : traffic.kind === 'mirror' ? traffic.percent : 0;",
      },
    ],
    provoked: 'mirroring',
    caught: ['I2'],
  },
  {
    name: 'mirroring is left out',
    like: 'steps run too fast (Flagger #1613)',
    patches: [{ file: 'src/core/advance.ts', find: 'if (strategy.mirror !== undefined &&', replace: 'if (strategy.mirror === -1 &&' }],
    provoked: 'mirroring',
    caught: ['I2', 'I11'],
  },
  {
    name: 'the requests of an A/B test stay on a canary that is scaled away',
    like: 'traffic to nothing ready (Argo Rollouts #777)',
    patches: [
      {
        file: 'src/core/traffic.ts',
        find: "return traffic.kind !== 'split' || traffic.canary > 0;",
        replace: "return traffic.kind === 'mirror' || (traffic.kind === 'split' && traffic.canary > 0);",
      },
    ],
    provoked: 'an A/B test',
    caught: ['I1', 'I13'],
  },
  {
    name: 'an A/B test is made without leading anybody to the canary',
    like: 'no data is good data (Argo Rollouts #943)',
    patches: [
      {
        file: 'src/core/advance.ts',
        find: 'const isThere = test === undefined || test.kind === state.traffic.kind;',
        replace: 'const isThere = test === undefined || state.epoch > 0;',
      },
    ],
    provoked: 'an A/B test',
    caught: ['I2'],
  },
  {
    name: 'the cookie of a run that is over leads to a canary that is scaled away',
    like: 'traffic to nothing ready (Argo Rollouts #3586)',
    patches: [
      { file: 'src/core/traffic.ts', find: '{ cookies: { expire } }', replace: '{ cookies: { canary: expire } }' },
      { file: 'src/routers/rules/writing.ts', find: "'canary', share > 0 ? 100 : 0)", replace: "'canary', 100)" },
      { file: 'src/routers/rules/groups.ts', find: "kind === 'canary' && share > 0 ? 100 : 0", replace: "kind === 'canary' ? 100 : 0" },
    ],
    provoked: 'session affinity',
    caught: ['I1', 'I4', 'I13'],
  },
  {
    name: 'without analysis nobody waits for ready pods',
    like: 'promotes before pods are ready (Flagger #874)',
    patches: [
      {
        file: 'src/core/phases/analysis.ts',
        find: 'deserted(pass) ?? makeReady(pass) ??',
        replace: "deserted(pass) ?? (pass.kit.canary.strategy.kind === 'skip' ? undefined : makeReady(pass)) ??",
      },
    ],
    provoked: 'no analysis',
    caught: ['I2'],
  },
  {
    name: 'what is owed is forgotten by a kill',
    like: 'a notification lost on restart (Argo Rollouts #1665)',
    patches: [
      {
        file: 'src/core/resume.ts',
        find: 'const taken: State = { ...left, traffic,',
        replace: 'const taken: State = { ...left, owed: [], traffic,',
      },
    ],
    provoked: 'a kill before a report is sent',
    caught: ['I16'],
  },
  {
    name: 'an alert is owed only until it is asked for',
    like: 'a notification lost on restart (Argo Rollouts #1665)',
    patches: [
      {
        file: 'src/core/owed.ts',
        find: 'const answer = seen.answers.get(debt.id);',
        replace: "const answer = seen.answers.get(debt.id) ?? { is: 'ok' as const };",
      },
    ],
    provoked: 'a kill before an alert is sent',
    caught: ['I16'],
  },
  {
    name: 'an alert that is sent again is another one',
    like: 'hooks run again (Flagger #1248)',
    patches: [
      {
        file: 'src/runner/answer.ts',
        find: "const known = { ...request, headers: { ...request.headers, 'idempotency-key': headerText(id) } };",
        replace: "const known = { ...request, headers: { ...request.headers, 'idempotency-key': `${id}/${clock.now()}` } };",
      },
    ],
    provoked: 'a kill after an alert was sent',
    caught: ['I16'],
  },
  {
    name: 'config is copied after the primary was told to use it',
    like: 'old code meets new config (Flagger #1188)',
    patches: [
      {
        file: 'src/targets/deployment-primary.ts',
        find: "return [...(template ? wanted.copies : []), { op: 'merge', ref, patch: { spec }, why }];",
        replace: "return [{ op: 'merge', ref, patch: { spec }, why }, ...(template ? wanted.copies : [])];",
      },
    ],
    provoked: 'other config',
    caught: ['I2'],
  },
  {
    name: 'copies of config go that the way back needs',
    like: 'rollback makes it worse (Flagger #1932)',
    patches: [
      {
        file: 'src/targets/deployment-config.ts',
        find: '[...(primary ? [primary] : []), ...historyOf(c)].flatMap(',
        replace: '[...(primary ? [primary] : [])].flatMap(',
      },
    ],
    provoked: 'other config',
    caught: ['I3'],
  },
];
