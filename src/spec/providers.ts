// The words for traffic routers: which are driven, which are known, which old words mean which. Pure; an unknown word is never Istio.
import { notDriven } from './kernel.ts';
import { didYouMean } from './similar.ts';

const driven = ['istio', 'kubernetes'];

const known = [
  'apisix',
  'appmesh',
  'appmesh:v1beta1',
  'appmesh:v1beta2',
  'contour',
  'gatewayapi:v1',
  'gatewayapi:v1beta1',
  'gloo',
  'istio',
  'knative',
  'kubernetes',
  'kuma',
  'linkerd',
  'nginx',
  'osm',
  'skipper',
  'smi:v1alpha1',
  'smi:v1alpha2',
  'smi:v1alpha3',
  'traefik',
];

export type Router = { is: 'driven'; id: string } | { is: 'refused'; text: string };

/** What a provider word means; `old` words are those of v1alpha3. */
export function router(word: string, old: boolean): Router {
  const id = canonical(word, old);
  if (driven.includes(id)) return { is: 'driven', id };
  if (known.includes(id) || /^smi:v1alpha[123]:[a-z0-9-]+$/.test(id)) {
    const read = id === word ? '' : ` (it means "${id}")`;
    return { is: 'refused', text: `${notDriven(`the provider "${word}"`)}${read}; driven: ${driven.join(', ')}` };
  }
  if (/^supergloo(:|$)/.test(id)) {
    return {
      is: 'refused',
      text: `the provider "${word}" is refused: SuperGloo is no longer developed; name the mesh itself, such as "istio"`,
    };
  }
  const hint = word === 'none' ? '; write "kubernetes"' : didYouMean(word, [...known, 'gatewayapi']);
  return { is: 'refused', text: `unknown provider ${JSON.stringify(word)}${hint} (known: ${known.join(', ')})` };
}

function canonical(word: string, old: boolean): string {
  if (word === 'gatewayapi') return 'gatewayapi:v1';
  if (old && word === 'none') return 'kubernetes';
  const mesh = /^smi:(?!v1alpha)([a-z0-9-]+)$/.exec(word);
  return old && mesh !== null ? `smi:v1alpha1:${mesh[1] ?? ''}` : word;
}
