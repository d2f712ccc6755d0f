// What the schema of HTTPRoute fills in. It must not check anything.
import type { JsonObject } from '../../../contracts.ts';
import { fill, withEach, withField } from './fill.ts';

const everyPath = { type: 'PathPrefix', value: '/' };
const everything = { matches: [{ path: everyPath }] };
const toService = { group: '', kind: 'Service' };

function filter(value: JsonObject): JsonObject {
  const mirrored = withField(value, 'requestMirror', (mirror) =>
    withField(
      withField(mirror, 'backendRef', (to) => fill(to, toService)),
      'fraction',
      (fraction) => fill(fraction, { denominator: 100 }),
    ),
  );
  const redirected = withField(mirrored, 'requestRedirect', (redirect) => fill(redirect, { statusCode: 302 }));
  return withField(redirected, 'cors', (cors) => fill(cors, { maxAge: 5 }));
}

function match(value: JsonObject): JsonObject {
  const conditions = (of: JsonObject, field: string): JsonObject => withEach(of, field, (each) => fill(each, { type: 'Exact' }));
  const filled = withField(fill(value, { path: everyPath }), 'path', (path) => fill(path, everyPath));
  return conditions(conditions(filled, 'headers'), 'queryParams');
}

function rule(value: JsonObject): JsonObject {
  const filtered = withEach(withEach(fill(value, everything), 'matches', match), 'filters', filter);
  const persistent = withField(filtered, 'sessionPersistence', (session) => fill(session, { type: 'Cookie' }));
  return withEach(persistent, 'backendRefs', (backend) => withEach(fill(backend, { ...toService, weight: 1 }), 'filters', filter));
}

export function httpRouteSpec(spec: JsonObject): JsonObject {
  const attached = withEach(spec, 'parentRefs', (parent) => fill(parent, { group: 'gateway.networking.k8s.io', kind: 'Gateway' }));
  return withEach(fill(attached, { rules: [everything] }), 'rules', rule);
}
