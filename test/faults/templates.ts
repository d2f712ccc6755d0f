// What a workload runs: its pod template and the content of the ConfigMaps and Secrets that it names, compared as the workloads' own content: what a
// primary's copy must differ in is taken off. Shares nothing with the driver's copying.
import { at, fields, list, textOf } from './facts.ts';

const texts = new WeakMap<object, string>();

/** One text per template, the same for the target's and for the primary's copy of it; '' where there is none. */
export function templateOf(workload: unknown): string {
  const template = at(workload, 'spec', 'template');
  if (typeof template !== 'object' || template === null) return '';
  const known = texts.get(template);
  if (known !== undefined) return known;
  const annotations = Object.entries(fields(at(template, 'metadata', 'annotations'))).filter(
    ([key]) => !/^(flagger-id$|canary\.run\/|([^/]*\.)?kubernetes\.io\/)/.test(key),
  );
  const text = textOf(unnamed({ annotations: Object.fromEntries(annotations), spec: at(template, 'spec') }));
  texts.set(template, text);
  return text;
}

/** Template and config as one text; `object` gives what is stored at a path. Config that is not copied counts for neither side. */
export function codeOf(workload: unknown, namespace: string, object: (path: string) => unknown): string {
  const template = templateOf(workload);
  if (template === '') return '';
  const contents = namesOf(at(workload, 'spec', 'template', 'spec')).map(({ plural, name }): [string, string] => {
    const stored = object(`/api/v1/namespaces/${namespace}/${plural}/${name}`);
    const isOut = at(stored, 'metadata', 'annotations', 'flagger.app/config-tracking') === 'disabled';
    return [`${plural}/${String(unnamed(name))}`, stored === undefined || isOut ? '' : contentOf(stored)];
  });
  const held = [...new Map(contents)].filter(([, content]) => content !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return held.length ? `${template} ${textOf(held)}` : template;
}

const contentTexts = new WeakMap<object, string>();

function contentOf(stored: unknown): string {
  if (typeof stored !== 'object' || stored === null) return '';
  const known = contentTexts.get(stored) ?? textOf([at(stored, 'data') ?? {}, at(stored, 'binaryData') ?? {}]);
  contentTexts.set(stored, known);
  return known;
}

interface Named {
  readonly plural: 'configmaps' | 'secrets';
  readonly name: string;
}

/** Whatever a pod spec reads from: volumes (projected too), env and envFrom of all containers. */
function namesOf(spec: unknown): Named[] {
  const containers = ['containers', 'initContainers'].flatMap((kind) => list(at(spec, kind)));
  const volumes = list(at(spec, 'volumes')).flatMap((volume) => [volume, ...list(at(volume, 'projected', 'sources'))]);
  const env = containers.flatMap((one) => list(at(one, 'env')).map((entry) => at(entry, 'valueFrom')));
  const envFrom = containers.flatMap((one) => list(at(one, 'envFrom')));
  const from = (plural: Named['plural'], names: readonly unknown[]): Named[] =>
    names.flatMap((name) => (typeof name === 'string' && name !== '' ? [{ plural, name }] : []));
  return [
    ...from('configmaps', [
      ...volumes.map((volume) => at(volume, 'configMap', 'name')),
      ...env.map((entry) => at(entry, 'configMapKeyRef', 'name')),
      ...envFrom.map((entry) => at(entry, 'configMapRef', 'name')),
    ]),
    ...from('secrets', [
      ...volumes.flatMap((volume) => [at(volume, 'secret', 'secretName'), at(volume, 'secret', 'name')]),
      ...env.map((entry) => at(entry, 'secretKeyRef', 'name')),
      ...envFrom.map((entry) => at(entry, 'secretRef', 'name')),
    ]),
  ];
}

/** A copy's own names ('podinfo-primary', 'settings-primary-0a1b2c3d') become those of what was copied. */
function unnamed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^([a-z0-9][a-z0-9.-]*)-primary(-[0-9a-f]{8})?$/, '$1');
  if (Array.isArray(value)) return value.map(unnamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unnamed(inner)]));
}
