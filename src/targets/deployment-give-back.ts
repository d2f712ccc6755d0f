// What we write into the user's own template, and how it is taken out again. Must not change a template for any other reason.
import { objectAt, textAt } from '../common/dig.ts';
import { equal } from '../common/json.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Change, Ctx, JsonObject } from '../contracts.ts';
import { deploymentOf, sideRef } from './deployment-objects.ts';
import { namingOf, revisionOf, templateOf } from './deployment-revision.ts';
import { configMark, normalTemplate } from './deployment-template.ts';

/** Kubernetes starts pods anew for another template only: the mark makes other config another template. */
export function refreshed(c: Ctx): Change[] {
  const target = deploymentOf(c, 'canary');
  const config = revisionOf(c, 'canary')?.config ?? '';
  const marked = textAt(target, 'spec', 'template', 'metadata', 'annotations', configMark);
  if (!target || (marked ?? '') === config) return [];
  const annotations = { [configMark]: config === '' ? null : config };
  const why = `the pods of ${target.metadata.name} start anew with the config that it names`;
  return [{ op: 'merge', ref: sideRef(c.canary, 'canary'), patch: { spec: { template: { metadata: { annotations } } } }, why }];
}

export function givenBack(c: Ctx): Change[] {
  const target = deploymentOf(c, 'canary');
  const own = templateOf(target);
  if (!target || !own) return [];
  const template = replacePatch(objectAt(target, 'spec', 'template'), wantedBack(c, own));
  if (!template) return [];
  return [
    {
      op: 'merge',
      ref: sideRef(c.canary, 'canary'),
      patch: { spec: { template } },
      why: `${target.metadata.name} has what the primary runs`,
    },
  ];
}

/** What the primary runs, with the target's own names of config: the originals stay as they are. */
function wantedBack(c: Ctx, own: JsonObject): JsonObject {
  const naming = namingOf(c);
  const primary = revisionOf(c, 'primary')?.template;
  const isSame = !naming || !primary || equal(normalTemplate(own, naming), normalTemplate(primary, naming));
  return isSame ? own : primary;
}
