// Runs that are wrong in what strategies, gates, messages, tracked config and `canary delete` add, each in one way. Data for checker.test.ts.
import { bootstrap, promotion, rollback } from './stories.ts';
import * as story from './story.ts';
import { after, deployment, instead, named, put, service, SETUP, stateRecord, until, virtualService, type Step } from './story.ts';
import type { Wanted } from './setup.ts';
import type { Wrong } from './wrongs.ts';

const core = '/api/v1/namespaces/test';

export function post(url: string, body: unknown, sent: { status?: number; key?: string } = {}): Step {
  const request = { actor: 'http', verb: 'POST', path: `http://tester.test${url}`, body, ...sent } as const;
  return { name: `post ${url}`, run: (told) => story.add(told, request) };
}

export function config(name: string, data: object): Step {
  return { name: `config ${name}`, run: (told) => void told.objects.set(`${core}/configmaps/${name}`, { data }) };
}

const take = (path: string, body: unknown = { preconditions: { uid: 'u' } }): Step => ({
  name: 'take away',
  run: (told) => story.add(told, { actor: 'A', verb: 'DELETE', path, body }),
});
const gate = (before: NonNullable<Wanted['before']>): Pick<typeof SETUP, 'answers'> => ({
  answers: [...SETUP.answers, { name: 'gate', is: 'hook', url: '/gate', before }],
});

export const mirrored = (canary: number): object => {
  const rule = (virtualService(canary) as { spec: { http: object[] } }).spec.http[0];
  return { metadata: { name: 'podinfo' }, spec: { http: [{ ...rule, mirror: { host: 'podinfo-canary' } }] } };
};
export const matched: object = {
  metadata: { name: 'podinfo' },
  spec: {
    http: [
      { match: [{ headers: {} }], route: [{ destination: { host: 'podinfo-canary' }, weight: 100 }] },
      { route: [{ destination: { host: 'podinfo-primary' }, weight: 0 }] },
    ],
  },
};

const report = { name: 'report', url: '/report', due: [{ phase: 'Succeeded', has: '"phase":"Succeeded"' }] } as const;
const told = { phase: 'Succeeded' };
const users = { originals: [{ object: 'services podinfo', stored: service('podinfo') }] };
const mounted = (image: string, copy: string): object => {
  const made = deployment('podinfo-primary', image, 2, 1);
  return JSON.parse(JSON.stringify(made).replace('"podinfo-primary"}}]', `"${copy}"}}]`)) as object;
};
const copied = instead(promotion, 'primary', put('A', 'primary', mounted('app:1', 'settings-primary-0a1b2c3d')));
const terminating = put('A', 'record', stateRecord('Terminating'));

export const STRATEGY_WRONGS: readonly Wrong[] = [
  {
    id: 'I2',
    why: 'template or config that the target never had',
    steps: [
      config('podinfo', { A: '1' }),
      ...instead(promotion, 'promoting', put('A', 'record', stateRecord('Promoting')), config('podinfo-primary', { A: '2' })),
    ],
  },
  { id: 'I2', why: 'no request was mirrored to', steps: promotion, setup: { must: 'mirror' } },
  { id: 'I2', why: 'no request was led to', steps: promotion, setup: { must: 'match' } },
  { id: 'I2', why: 'without any ready pod', steps: instead(promotion, 'canary ready'), setup: { skipAnalysis: true } },
  {
    id: 'I3',
    why: 'weight 20 came after undo had called the release off',
    steps: after(promotion, 'hook at 10', post('/undo', {})),
    setup: { callsOff: [{ name: 'undo', url: '/undo' }] },
  },
  {
    id: 'I3',
    why: 'settings-primary-0a1b2c3d was deleted, which a way back needs',
    steps: [...copied, take(`${core}/configmaps/settings-primary-0a1b2c3d`)],
  },
  { id: 'I4', why: 'the primary is still there', steps: bootstrap, setup: { ...users, exit: 0 } },
  { id: 'I4', why: 'the record is still there', steps: bootstrap, setup: { ...users, exit: 0 } },
  { id: 'I4', why: 'still mirrored', steps: [...until(promotion, 'canary ready'), put('A', 'route', mirrored(0))], setup: { exit: 130 } },
  { id: 'I5', why: 'the analysis without a good answer of gate', steps: promotion, setup: gate('start') },
  {
    id: 'I5',
    why: 'the analysis without a good answer of gate',
    steps: after(promotion, 'new image', post('/gate', { checksum: 'another revision' })),
    setup: gate('start'),
  },
  { id: 'I5', why: 'weight 10 without a good answer of gate', steps: promotion, setup: gate('weight') },
  { id: 'I5', why: 'weight 10 without a good answer of gate', steps: promotion, setup: gate('first') },
  {
    id: 'I5',
    why: 'the promotion without a good answer of gate',
    steps: after(promotion, 'hook at 20', post('/gate', {}, { status: 403 })),
    setup: gate('promotion'),
  },
  { id: 'I7', why: 'does not answer everything', steps: instead(promotion, 'weight 10', put('A', 'route', mirrored(10))) },
  {
    id: 'I8',
    why: 'services podinfo: spec was',
    steps: promotion,
    setup: { ...users, left: [{ object: 'services podinfo', stored: service('x') }] },
  },
  { id: 'I8', why: 'services podinfo: it is gone', steps: promotion, setup: { ...users, left: [] } },
  { id: 'I9', why: 'services podinfo was left behind', steps: promotion, setup: { originals: [], left: users.originals } },
  {
    id: 'I9',
    why: 'wrote services podinfo, which is not of this canary',
    steps: promotion,
    setup: { writable: [/^(apps|configmaps|networking)/] },
  },
  { id: 'I9', why: 'deleted services podinfo, which is not ours', steps: [...promotion, take(story.PATHS.apex)] },
  { id: 'I9', why: 'deleted services podinfo whoever it is', steps: [...promotion, take(story.PATHS.apex, {})] },
  { id: 'I11', why: 'mirrors requests, the record says nothing', steps: instead(promotion, 'weight 10', put('A', 'route', mirrored(0))) },
  { id: 'I11', why: 'leads some to the canary, the record does not', steps: instead(promotion, 'weight 10', put('A', 'route', matched)) },
  { id: 'I11', why: 'mirroring skipped', steps: promotion, setup: { must: 'mirror' } },
  { id: 'I11', why: 'deleted before the primary', steps: [...promotion, terminating, take(story.PATHS.record)] },
  { id: 'I11', why: 'deleted in phase Succeeded', steps: [...promotion, take(story.PATHS.record)] },
  {
    id: 'I13',
    why: 'under traffic',
    steps: [...until(promotion, 'canary ready'), put('A', 'route', mirrored(0)), put('A', 'target', deployment('podinfo', 'app:2', 0, 1))],
  },
  { id: 'I16', why: 'report was never told', steps: promotion, setup: { messages: [report], exit: 0 } },
  {
    id: 'I16',
    why: 'the same as two messages: k1 and k2',
    steps: [...promotion, post('/report', told, { key: 'k1' }), post('/report', told, { key: 'k2' })],
    setup: { messages: [report] },
  },
  { id: 'I16', why: 'without a key', steps: [...promotion, post('/report', told)], setup: { messages: [report] } },
];

/** Steps and what they need to be as they should be. */
export const STRATEGY_RIGHTS: readonly { readonly name: string; readonly steps: readonly Step[]; readonly setup: Wrong['setup'] }[] = [
  {
    name: 'config that was analysed',
    steps: [config('podinfo', { A: '1' }), ...after(promotion, 'promoting', config('podinfo-primary', { A: '1' }))],
    setup: {},
  },
  {
    name: 'gates that said yes',
    steps: after(after(promotion, 'new image', post('/gate', { checksum: '' })), 'hook at 20', post('/last', {})),
    setup: { answers: [...gate('start').answers, { name: 'last', is: 'hook', url: '/last', before: 'promotion' }] },
  },
  {
    name: 'a message that was sent twice with one key',
    steps: [...promotion, ...[500, 200].map((status) => post('/report', told, { key: 'k', status }))],
    setup: { messages: [report], exit: 0 },
  },
  {
    name: 'a rollback that a hook had called for',
    steps: after(rollback, 'hook at 20', post('/undo', {})),
    setup: { callsOff: [{ name: 'undo', url: '/undo' }], exit: 10 },
  },
  {
    name: 'mirroring that is in the record',
    steps: [
      ...until(promotion, 'canary ready'),
      named('mirroring', put('A', 'record', stateRecord('Progressing', { traffic: { kind: 'mirror', percent: 100 } }))),
      put('A', 'route', mirrored(0)),
    ],
    setup: { must: 'mirror' },
  },
];
