// What every routing object of rules carries besides them: labels and annotations of the file's apex; and the words for what a change does. Must
// not look at rules.
import { stringsAt } from '../../common/dig.ts';
import { present } from '../../common/look.ts';
import { copiedMetadata, handsOff, isOurs } from '../../common/metadata.ts';
import type { Canary, Ctx, Obj, Ref, Strings, Traffic } from '../../contracts.ts';
import { wholeShare } from './writing.ts';

/** The target, where its label is asked for. */
export function lookedAtForMarks({ canary }: Ctx): Ref[] {
  return isMarked(canary) ? [canary.targetRef] : [];
}

/** Labels and annotations of the file's apex; on an object that is ours, those that keep Flux away too. */
export function routingMarks(c: Ctx, existing: Obj | undefined): { labels?: Strings; annotations?: Strings } {
  const ours = !existing || isOurs(existing);
  const { apex } = c.canary.service.marks;
  const labels = { ...copiedMetadata(apex.labels), ...(ours ? targetLabel(c) : {}) };
  const annotations = { ...copiedMetadata(apex.annotations), ...(ours ? handsOff : {}) };
  return { ...(Object.keys(labels).length ? { labels } : {}), ...(Object.keys(annotations).length ? { annotations } : {}) };
}

function isMarked(canary: Canary): boolean {
  const { labels, annotations } = canary.service.marks.apex;
  return Object.keys(labels).length + Object.keys(annotations).length > 0;
}

/** The label that the apex Service has: Flagger puts it here too, where the file speaks of the apex at all. */
function targetLabel(c: Ctx): Strings {
  if (!isMarked(c.canary)) return {};
  const { targetRef, service } = c.canary;
  const known = stringsAt(present(c, targetRef), 'spec', 'selector', 'matchLabels');
  const label = ['app', 'name', 'app.kubernetes.io/name'].find((name) => Object.hasOwn(known, name));
  return label === undefined ? {} : { [label]: service.name };
}

export function wordsOf(want: Traffic): string {
  if (want.kind === 'match') return 'routes requests that match to the canary, all others to the primary';
  if (want.kind === 'mirror') return `routes all requests to the primary, and copies ${want.percent} % of them to the canary`;
  const canary = wholeShare(want.canary);
  return `routes ${100 - canary} % to the primary, ${canary} % to the canary`;
}
