// What may be wrong or particular in metadata, for any kind. Data; it plays nothing.
import type { JsonObject } from '../../../src/contracts.ts';

/** Names that objects of a sequence have. Few, so that they meet again. */
export const NAMES = ['a', 'b', 'web-1'] as const;

/** Merge patches onto a new object that is sent by POST: some refused, some not. */
export const ODD_NEW: readonly JsonObject[] = [
  { metadata: { name: 'Bad_Name' } },
  { metadata: { name: '1st' } },
  { metadata: { name: 'dotted.name' } },
  { metadata: { name: '-x' } },
  { metadata: { name: 'n'.repeat(64) } },
  { metadata: { name: 'n'.repeat(254) } },
  { metadata: { name: null } },
  { metadata: { name: '' } },
  { metadata: null },
  { metadata: { name: null, generateName: 'made-' } },
  { metadata: { generateName: 'unused-' } },
  { metadata: { name: null, generateName: 'Bad_' } },
  { metadata: { namespace: 'elsewhere' } },
  { metadata: { namespace: '' } },
  { metadata: { resourceVersion: '5' } },
  { metadata: { resourceVersion: '' } },
  { metadata: { uid: '11111111-1111-4111-8111-111111111111' } },
  { metadata: { generation: 9, creationTimestamp: '2001-01-01T00:00:00Z', selfLink: '/x' } },
  { metadata: { labels: { ok: 'no spaces!' } } },
  { metadata: { labels: { ok: 'v'.repeat(64) } } },
  { metadata: { labels: { 'bad key!': 'x' } } },
  { metadata: { labels: { 'example.com/': 'x' } } },
  { metadata: { labels: { ok: 5 } } },
  { metadata: { annotations: { 'bad key!': 'x' } } },
  { metadata: { annotations: { ok: true } } },
  { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p' }] } },
  { metadata: { ownerReferences: [] } },
  { metadata: { finalizers: ['nodomain'] } },
  { kind: 'Odd' },
  { kind: null },
  { apiVersion: 'odd/v1' },
  { apiVersion: null },
  { kind: 'Pod', apiVersion: 'v1' },
  { unknownField: { at: 'the top' } },
  { metadata: { unknownField: 1 } },
];

/** Merge patches onto an object that is there. */
export const ODD_CHANGE: readonly JsonObject[] = [
  { metadata: { name: 'other' } },
  { metadata: { namespace: 'elsewhere' } },
  { metadata: { uid: '11111111-1111-4111-8111-111111111111' } },
  { metadata: { resourceVersion: '1' } },
  { metadata: { resourceVersion: 'nonsense' } },
  { metadata: { labels: { 'bad key!': 'x' } } },
  { metadata: { labels: { ok: 'no spaces!' } } },
  { metadata: { labels: { ok: 5 } } },
  { metadata: { annotations: { 'bad key!': 'x' } } },
  { metadata: { generation: 77 } },
  { metadata: { creationTimestamp: '2001-01-01T00:00:00Z' } },
  { metadata: { creationTimestamp: null } },
  { metadata: { generateName: 'x-' } },
  { metadata: { deletionTimestamp: '2001-01-01T00:00:00Z' } },
  { kind: 'Odd' },
  { apiVersion: 'odd/v1' },
  { unknownField: true },
];

export const GOOD_CHANGE: readonly JsonObject[] = [
  { metadata: { labels: { app: 'x', tier: 'web' } } },
  { metadata: { labels: { app: 'y' } } },
  { metadata: { labels: { tier: null } } },
  { metadata: { labels: null } },
  { metadata: { annotations: { note: 'one' } } },
  { metadata: { annotations: { note: '' } } },
  { metadata: { annotations: null } },
  {},
];

export const LABELS: readonly (JsonObject | null)[] = [
  null,
  { app: 'x' },
  { app: 'x', tier: 'web' },
  { app: 'y' },
  { tier: 'db', 'canary.run/kind': 'record' },
];

export const LABEL_SELECTORS = [
  'app=x',
  'app==x',
  'app!=x',
  'app in (x, y)',
  'app in (x),tier=web',
  'app notin (x)',
  'tier',
  '!tier',
  'canary.run/kind=record',
  'app=',
  ' app = x ',
  'app in ()',
  'app in x',
  '=x',
  'app=x=y',
  'app,tier,!other',
  'app=no spaces!',
  'bad key!=x',
  'app in (x',
  ',',
  'app,',
  '!',
  '!!app',
  'app in (,x)',
  'app in (x,,y)',
  'app in (x y)',
  'app in (-x,y-)',
  'app notin',
  'tier>5',
  'tier<x',
  'app=!x',
  'app!=',
  'in in (in)',
  'app=-x',
  '-app',
  'a/b/c',
  'Upper.case/app',
  'example.com/=x',
  'app=x)',
];

export const FIELD_SELECTORS = [
  'metadata.name=a',
  'metadata.name==a',
  'metadata.name!=a',
  'metadata.name=a,metadata.namespace=«ns»',
  'metadata.namespace=other',
  'spec.odd=a',
  'nonsense',
  'spec.odd=a,nonsense',
];

/** Bodies that cannot be read. */
export const UNREADABLE = ['{', '', '[]', '"text"', 'null', '{"kind":', 'kind: ConfigMap', '5'];
