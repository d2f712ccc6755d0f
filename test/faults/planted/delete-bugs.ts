// Planted bugs of `canary delete`: what each stands for, the few words of src/ that make it, and who must see it. Data.
import type { Bug } from './bugs.ts';

const terminating = 'src/core/phases/terminating.ts';

export const DELETE_BUGS: readonly Bug[] = [
  {
    name: 'the primary is deleted before traffic is handed back',
    like: 'outage at the end (Flagger #1071)',
    patches: [
      {
        file: terminating,
        find: 'return takeOver(pass) ?? handBack(pass) ?? drain(pass) ?? stillInUse(pass) ?? clear(pass);',
        replace: 'return takeOver(pass) ?? drain(pass) ?? clear(pass);',
      },
    ],
    provoked: 'a delete',
    caught: ['I1', 'I13'],
  },
  {
    name: 'traffic is handed back before the target is ready',
    like: 'outage at the end (Flagger #1071)',
    patches: [{ file: terminating, find: "if (canary.is === 'ready') return undefined;", replace: 'return undefined;' }],
    provoked: 'a delete',
    caught: ['I1'],
  },
  {
    name: 'a delete does not drain',
    like: 'control plane ack is not data plane (Flagger #773)',
    patches: [
      {
        file: terminating,
        find: 'return seen.now < due ? decided(pass, { wakeAt: due }) : undefined;',
        replace: 'return due < 0 ? decided(pass, {}) : undefined;',
      },
    ],
    provoked: 'a delete',
    caught: ['I13'],
  },
  {
    name: 'the record is deleted before what it remembers',
    like: 'orphans after a crash (Flagger #686)',
    patches: [
      {
        file: terminating,
        find: 'if (gone.length) return decided(pass, { changes: gone });',
        replace: "if (gone.length) return decided(pass, { changes: gone, result: { is: 'deleted' } });",
      },
    ],
    provoked: 'a delete',
    caught: ['I8', 'I11'],
  },
  {
    name: 'Services that were made for the canary are left behind',
    like: 'orphans (Flagger #686)',
    patches: [
      {
        file: terminating,
        find: '...serviceNeeds(kit.canary), ...ctx.made]',
        replace: '...serviceNeeds(kit.canary).slice(0, 1), ...ctx.made]',
      },
    ],
    provoked: 'a delete',
    caught: ['I9'],
  },
  {
    name: "the user's own route is deleted",
    like: 'foreign objects touched (Flagger #686)',
    patches: [
      { file: terminating, find: 'return isOurs(object) ? [{', replace: "return isOurs(object) || ref.kind === 'VirtualService' ? [{" },
    ],
    provoked: 'a delete',
    caught: ['I8', 'I9'],
  },
  {
    name: 'what the user has changed since is undone too',
    like: 'fight with GitOps (Flagger #1059)',
    patches: [
      {
        file: 'src/core/undo.ts',
        find: 'const value = back(before, now ?? null, want ?? null);',
        replace: 'const value = before;',
      },
    ],
    provoked: "the user's own change in the midst of a delete",
    caught: ['I8'],
  },
];
