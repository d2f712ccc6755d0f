// Labels and annotations of the objects that we make. Pure; what a template carries for its pods is no business of this file.
import type { Strings } from '../spec/types.ts';

/** Flagger's marks on generated Services and routes: Flux leaves such an object alone. */
export const handsOff: Readonly<Strings> = {
  'kustomize.toolkit.fluxcd.io/reconcile': 'disabled',
  'helm.toolkit.fluxcd.io/driftDetection': 'disabled',
};

const neverCopied = new Set(['app.kubernetes.io/instance', 'app.kubernetes.io/managed-by']);
const neverCopiedPrefixes = [
  'argocd.argoproj.io',
  'toolkit.fluxcd.io',
  'meta.helm.sh',
  'kubectl.kubernetes.io',
  'deployment.kubernetes.io',
  'canary.run',
];

/** What a primary's object takes over from the user's: nothing by which another tool would prune or adopt it, and none of our own marks. */
export function copiedMetadata(metadata: Strings): Strings {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => isCopied(key)));
}

function isCopied(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  return !neverCopied.has(key) && !neverCopiedPrefixes.some((never) => prefix === never || prefix.endsWith(`.${never}`));
}

/** The stamp of the driver that changed an object last (rule 3): on everything that we drive. */
export const epochLabel = 'canary.run/epoch';

/** Made by us, as the runner marks it on create: then every field is ours, not only the ones we need. */
export function isOurs(object: { metadata: { labels?: Strings } }): boolean {
  return object.metadata.labels?.['app.kubernetes.io/managed-by'] === 'canary';
}
