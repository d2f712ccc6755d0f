// The words for routers: what each means, whichever version of the API it stands in.
import { describe, expect, test } from '@jest/globals';
import { loadCanaries } from '../../src/spec/load.ts';
import { router, routerAbilities, routersThat } from '../../src/spec/providers.ts';
import type { Canary } from '../../src/spec/types.ts';

const file = (version: string, provider: string): string => `apiVersion: flagger.app/${version}
kind: Canary
metadata: { name: podinfo }
spec:
  provider: ${provider}
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: podinfo }
  service: { port: 80 }
  ${version === 'v1alpha3' ? 'canaryAnalysis' : 'analysis'}: { iterations: 2 }
`;

function loaded(text: string, provider?: string): Canary {
  const options = { defaultNamespace: 'test', ...(provider === undefined ? {} : { provider }) };
  const [canary] = loadCanaries([{ name: 'a.yaml', text }], options).canaries;
  if (canary === undefined) throw new Error('no canary');
  return canary;
}

test.each(Object.keys(routerAbilities))('%s is driven', (id) => expect(router(id)).toEqual({ is: 'driven', id }));

test.each([
  ['v1beta1', 'smi:v1alpha2:istio', 'smi:v1alpha2', 'istio'],
  ['v1beta1', 'smi:v1alpha3', 'smi:v1alpha3', undefined],
  ['v1beta1', '""', 'istio', undefined],
  ['v1alpha3', 'none', 'kubernetes', undefined],
  ['v1alpha3', 'smi:istio', 'smi:v1alpha1', 'istio'],
  ['v1alpha3', 'smi:v1alpha1:linkerd', 'smi:v1alpha1', 'linkerd'],
])('%s %s', (version, word, id, mesh) => {
  const { provider, mesh: behind } = loaded(file(version, word));
  expect([provider, behind]).toEqual([id, mesh]);
});

test('gatewayapi without a version is the current one', () => {
  expect(router('gatewayapi')).toEqual({ is: 'driven', id: 'gatewayapi:v1' });
});

test.each(['supergloo:istio', 'supergloo', 'smi:istio', 'none', 'smi:v1alpha1:', 'smi:v1alpha1:A b', 'toString', 'gatewayapi:v2', 'nginx'])(
  '%s is refused',
  (word) => expect(router(word).is).toBe('refused'),
);

test.each([
  ['gateway', 'gatewayapi'],
  ['Gateway', 'gatewayapi'],
  ['gateway-api', 'gatewayapi'],
  ['istoi', 'istio'],
  ['traef', 'traefik'],
])('%s is most likely meant to be %s', (word, meant) => {
  expect(router(word)).toEqual({
    is: 'refused',
    text: expect.stringContaining(`unknown provider "${word}"; did you mean "${meant}"? (known:`),
  });
});

test.each(['x', 'smi', 'haproxy'])('what %s means is not guessed', (word) => {
  expect(router(word)).toEqual({ is: 'refused', text: expect.not.stringContaining('did you mean') });
});

describe('what is kept loads again without flags to the same router', () => {
  test.each([
    ['v1alpha3', 'none', undefined],
    ['v1alpha3', 'smi:istio', undefined],
    ['v1beta1', 'istio', 'smi:v1alpha1:istio'],
    ['v1alpha3', 'istio', 'kubernetes'],
    ['v1beta1', 'nginx', 'linkerd'],
  ])('%s %s, --provider %s', (version, word, flag) => {
    const first = loaded(file(version, word), flag);
    const again = loaded(JSON.stringify(first.source));
    expect([again.provider, again.mesh, again.source]).toEqual([first.provider, first.mesh, first.source]);
  });
});

test('what a router must do to be named in a message', () => {
  expect([routersThat('split'), routersThat('mirror'), routersThat('match'), routersThat('affinity')]).toEqual([
    'gatewayapi:v1, gatewayapi:v1beta1, istio, linkerd, osm, smi:v1alpha1, smi:v1alpha2, smi:v1alpha3, traefik',
    'gatewayapi:v1, gatewayapi:v1beta1, istio',
    'gatewayapi:v1, gatewayapi:v1beta1, istio',
    'gatewayapi:v1, gatewayapi:v1beta1, istio',
  ]);
});
