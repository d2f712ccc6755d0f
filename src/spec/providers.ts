// The words for traffic routers: which are driven and what each can do, which are known, which old words mean which. Pure; an unknown word is
// never Istio.
import { notDriven } from './kernel.ts';
import { didYouMean } from './similar.ts';

/** What a router can do with traffic; without `split` it stays on the apex Service's selector. */
export interface Abilities {
  readonly split: boolean;
  readonly match: boolean;
  readonly mirror: boolean;
  readonly affinity: boolean;
}

const everything: Abilities = { split: true, match: true, mirror: true, affinity: true };
const splitOnly: Abilities = { split: true, match: false, mirror: false, affinity: false };

/** The driven routers. Each says the same of itself; a test compares them, because nothing here may import a router. */
export const routerAbilities: Readonly<Record<string, Abilities>> = {
  'gatewayapi:v1': everything,
  'gatewayapi:v1beta1': everything,
  istio: everything,
  kubernetes: { split: false, match: false, mirror: false, affinity: false },
  linkerd: splitOnly,
  osm: splitOnly,
  'smi:v1alpha1': splitOnly,
  'smi:v1alpha2': splitOnly,
  'smi:v1alpha3': splitOnly,
  traefik: splitOnly,
};

const driven = Object.keys(routerAbilities);

const known = [
  ...driven,
  'apisix',
  'appmesh',
  'appmesh:v1beta1',
  'appmesh:v1beta2',
  'contour',
  'gloo',
  'knative',
  'kuma',
  'nginx',
  'skipper',
].sort();

/** `mesh`: the one behind SMI. */
export interface Provider {
  readonly id: string;
  readonly mesh?: string;
}

export type Router = ({ readonly is: 'driven' } & Provider) | { readonly is: 'refused'; readonly text: string };

/** What a provider word means. */
export function router(word: string): Router {
  const id = word === 'gatewayapi' ? 'gatewayapi:v1' : word;
  if (Object.hasOwn(routerAbilities, id)) return { is: 'driven', id };
  const [, smi, mesh] = /^(smi:v1alpha[123]):([a-z0-9-]+)$/.exec(id) ?? [];
  if (smi !== undefined && mesh !== undefined) return { is: 'driven', id: smi, mesh };
  if (known.includes(id)) {
    return { is: 'refused', text: `${notDriven(`the provider "${word}"`)}; driven: ${driven.join(', ')}` };
  }
  if (/^supergloo(:|$)/.test(id)) {
    return {
      is: 'refused',
      text: `the provider "${word}" is refused: SuperGloo is no longer developed; name the mesh itself, such as "istio"`,
    };
  }
  const current = currentWord(word);
  const hint = current === word ? meantBy(word) : `; write "${current}"`;
  return { is: 'refused', text: `unknown provider ${JSON.stringify(word)}${hint} (known: ${known.join(', ')})` };
}

/** A slip of the hand, or no more than the beginning of a word. */
function meantBy(word: string): string {
  const words = ['gatewayapi', ...known];
  const begun = word.length < 4 ? undefined : words.find((each) => each.startsWith(word.toLowerCase()));
  return didYouMean(word, words) || (begun === undefined ? '' : `; did you mean "${begun}"?`);
}

/** The words of v1alpha3 that are said otherwise now. */
export function currentWord(word: string): string {
  if (word === 'none') return 'kubernetes';
  const [, mesh] = /^smi:(?!v1alpha)([a-z0-9-]+)$/.exec(word) ?? [];
  return mesh === undefined ? word : `smi:v1alpha1:${mesh}`;
}

/** The driven routers that can do this, for messages. */
export function routersThat(ability: keyof Abilities): string {
  return driven.filter((id) => routerAbilities[id]?.[ability] === true).join(', ');
}
