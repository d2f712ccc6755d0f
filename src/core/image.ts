// --image: the revision that this run makes itself. Set once, in whatever phase the run begins, and never over what somebody else made since.
import type { Change } from '../contracts.ts';
import { decided, type Decision, type Pass } from './pass.ts';

/** What is still to be changed on the target; [] = it has the image, or none is asked for. */
function wanted({ kit, ctx }: Pass): Change[] {
  const { image } = kit.options;
  const changes = image ? kit.target.image(ctx, image.container, image.reference) : [];
  // A container that is not there was refused by the preflight.
  return Array.isArray(changes) ? changes : [];
}

/** Undefined: the image stands, or it was ours to set and somebody has changed the target since. */
export function setImage(pass: Pass): Decision | undefined {
  const { kit, state, seen, ctx } = pass;
  const changes = wanted(pass);
  const from = kit.target.revision(ctx, 'canary')?.hash;
  if (!changes.length) return stands(pass);
  if (from === undefined) return undefined;
  // Still what it was when we set out: the write met a conflict, so it is decided again.
  if (state.imaged?.driver === seen.driver) return state.imaged.from === from ? decided(pass, { changes, wakeAt: seen.now }) : undefined;
  // Rule 5: the intent is saved before the write.
  return decided(pass, { state: { ...state, imaged: { driver: seen.driver, from } }, changes, wakeAt: seen.now });
}

/** A resumed analysis whose image stands: it is this run's from now on, so that whoever takes it back is not fought. */
function stands(pass: Pass): Decision | undefined {
  const { kit, state, seen } = pass;
  if (!kit.options.image || state.phase !== 'Progressing' || state.imaged?.driver === seen.driver) return undefined;
  return decided(pass, { state: { ...state, imaged: { driver: seen.driver, from: '' } }, wakeAt: seen.now });
}

/** This run has yet to make its revision: what ends here is somebody else's. */
export function imagePending(pass: Pass): boolean {
  return wanted(pass).length > 0 && pass.state.imaged?.driver !== pass.seen.driver;
}

/** This run made a revision, and the target holds another image now. */
export function imageReplaced(pass: Pass): boolean {
  const from = pass.kit.target.revision(pass.ctx, 'canary')?.hash;
  const { imaged } = pass.state;
  return wanted(pass).length > 0 && imaged?.driver === pass.seen.driver && imaged.from !== from;
}

/** An analysis begins while the image stands, whoever set it: from now on another one is somebody else's, also the one from before. */
export function imageSeen(pass: Pass): Pick<Pass['state'], 'imaged'> | Record<string, never> {
  const isThere = pass.kit.options.image && !wanted(pass).length;
  return isThere ? { imaged: { driver: pass.seen.driver, from: '' } } : {};
}
