// A result in one sentence, and the one command to run next. Pure.
import type { Canary } from '../contracts.ts';
import type { Result } from '../core/types.ts';
import { causeText } from '../core/wording.ts';

export function wordsOf(canary: Canary, result: Result): { why: string; next?: string } {
  const name = `${canary.name}.${canary.namespace}`;
  const target = `${canary.targetRef.kind.toLowerCase()}/${canary.targetRef.name}`;
  switch (result.is) {
    case 'promoted':
      return { why: `${name} is promoted: the primary runs what was analysed, with all traffic` };
    case 'unchanged':
      return { why: `${name} has nothing to do: the target is what the primary runs` };
    case 'initialized':
      return {
        why: `${name} is initialized: the primary serves, the target is scaled to zero until it changes`,
        next: `kubectl -n ${canary.namespace} set image ${target} <container>=<image>, then run canary again; or canary run … --image <image>`,
      };
    case 'suspended':
      return { why: `${name} is suspended: spec.suspend is true` };
    case 'failed-before':
      return { why: `${name} is not tried again: this revision was rolled back before, and --no-retry was given` };
    case 'rolled-back':
      return rolledBack(canary, result);
    case 'not-initialized':
      return {
        why: `${name} is not initialized: ${causeText(result.cause)}; the target was not touched`,
        next: 'mend the target and run canary again',
      };
    case 'parked':
      return {
        why: `${name} is parked (${result.by}): ${parkedTraffic[result.traffic]}`,
        next: 'run the same command again: it goes on from the step it had reached',
      };
    case 'superseded':
      return {
        why: `${name} has a newer revision ${result.revision}: traffic is on the primary, the newer one is for its own run`,
        next: 'run canary again',
      };
    case 'deleted':
      return { why: `${name} is deleted: its objects are as they were before, what was made for it is gone` };
    case 'stopped':
      return { why: result.why };
  }
}

const parkedTraffic = {
  primary: 'all traffic is on the primary, read back; pods and step stay as they are',
  canary: 'all traffic stays on the canary, which is the side that is ready',
  both: 'traffic stays on both sides, and both are ready',
  nowhere: 'NO side has ready pods, a person must look',
  'as-is': 'traffic was left where it is',
};

function rolledBack(canary: Canary, { cause, confirmed }: Extract<Result, { is: 'rolled-back' }>): { why: string; next?: string } {
  const name = `${canary.name}.${canary.namespace}`;
  if (!confirmed) {
    return {
      why: `${name}: the way back is NOT confirmed, a person must look: ${causeText(cause)}`,
      next: `canary heal ${canary.name} -n ${canary.namespace}`,
    };
  }
  return {
    why: `${name} was rolled back: ${causeText(cause)}; all traffic is on the primary, read back`,
    next: 'mend it and run canary again',
  };
}
