// Tracked config over time: going back to old content, restarts for new content, copies that nobody names any more, and giving the target back.
import { describe, expect, test } from '@jest/globals';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { applied, canaryOf, foundOf, seenBy } from '../support/found.ts';
import { changed } from './podinfo.ts';
import { configMap, edited, hash8, input, madeIn, named, promoted, revision, see, templateOf, touched } from './tracked.ts';

const first = `cfg-env-primary-${hash8({ A: '1' })}`;
const second = `cfg-env-primary-${hash8({ A: '2' })}`;
const newPod: JsonObject = { spec: { template: { spec: { nodeName: 'n1' } } } };

/** The first revision was promoted, then the second with other config, too; both are in the primary's history. */
function promotedTwice(): Obj[] {
  const one = promoted(input());
  return promoted(edited(edited(one, 'ConfigMap/cfg-env', { data: { A: '2' } }), 'Deployment/podinfo', newPod));
}

function primaryOf(objects: readonly Obj[]): string {
  return JSON.stringify(templateOf(named(objects, 'Deployment', 'podinfo-primary')));
}

describe('a promotion that failed', () => {
  const good = revision(input(), 'canary');
  const broken = promotedTwice();

  test('is undone with the config of then, whatever the ConfigMap says now', () => {
    const newest = edited(broken, 'ConfigMap/cfg-env', { data: { A: '3' } });
    const past = deployment.past(see(newest), good.hash);
    expect(past).toEqual(good);
    const changes = deployment.primary(see(newest), past ?? good);
    expect(touched(changes)).toEqual(['merge Deployment/podinfo-primary']);
    const after = applied(newest, changes);
    expect(primaryOf(broken)).toContain(second);
    expect(primaryOf(after)).toBe(primaryOf(promoted(input())));
    expect(revision(after, 'primary').hash).toBe(good.hash);
    expect(deployment.primary(see(after), good)).toEqual([]);
  });

  test('that changed config alone is undone, too', () => {
    const objects = promoted(edited(promoted(input()), 'ConfigMap/cfg-env', { data: { A: '2' } }));
    const after = applied(objects, deployment.primary(see(objects), good));
    expect(primaryOf(objects)).toContain(second);
    expect(primaryOf(after)).toContain(first);
    expect(primaryOf(after)).not.toContain(second);
  });

  test('makes a lost copy again only of the very content', () => {
    const lost = broken.filter(({ metadata }) => metadata.name !== first);
    const made = madeIn(broken);
    expect(touched(deployment.primary(see(lost, made), good))).toEqual(['merge Deployment/podinfo-primary']);
    const restored = edited(lost, 'ConfigMap/cfg-env', { data: { A: '1' } });
    expect(touched(deployment.primary(see(restored, made), good))).toEqual([
      `create ConfigMap/${first}`,
      'merge Deployment/podinfo-primary',
    ]);
  });

  test('copies nothing for a revision whose content is nowhere', () => {
    const lost = promoted(input()).filter(({ kind }) => kind !== 'ReplicaSet');
    const wanted = revision(edited(lost, 'ConfigMap/cfg-env', { data: { A: '2' } }), 'canary');
    const newest = edited(lost, 'ConfigMap/cfg-env', { data: { A: '3' } });
    expect(deployment.primary(see(newest), wanted)).toEqual([]);
    expect(deployment.past(see(newest), wanted.hash)).toBeUndefined();
  });
});

describe('sweep', () => {
  test('spares what the primary or its past names', () => {
    expect(deployment.sweep(see(promotedTwice()))).toEqual([]);
  });

  test('takes away what neither names, and only what was made here', () => {
    const forgotten = promotedTwice().filter(({ kind, metadata }) => kind !== 'ReplicaSet' || metadata.uid === 'none');
    expect(touched(deployment.sweep(see(forgotten)))).toEqual([`delete ConfigMap/${first}`]);
    const theirs = edited(forgotten, `ConfigMap/${first}`, { metadata: { labels: { 'app.kubernetes.io/managed-by': 'ana' } } });
    expect(deployment.sweep(see(theirs, madeIn(forgotten)))).toEqual([]);
    expect(
      deployment.sweep(
        see(
          forgotten.filter(({ metadata }) => metadata.name !== first),
          madeIn(forgotten),
        ),
      ),
    ).toEqual([]);
  });
});

describe('refresh', () => {
  const mark = (value: string | null): JsonObject => ({
    spec: { template: { metadata: { annotations: { 'canary.run/config': value } } } },
  });
  const refreshed = (objects: readonly Obj[]): Obj[] => applied(objects, deployment.refresh(see(objects)));

  test('writes the hash of the config into the template, once for each content', () => {
    const { config } = revision(input(), 'canary');
    expect(deployment.refresh(see(input()))).toMatchObject([{ op: 'merge', ref: { name: 'podinfo' }, patch: mark(config) }]);
    expect(deployment.refresh(see(refreshed(input())))).toEqual([]);
    const other = edited(refreshed(input()), 'ConfigMap/cfg-env', { data: { A: '2' } });
    expect(deployment.refresh(see(other))).toMatchObject([{ patch: mark(revision(other, 'canary').config) }]);
  });

  test('is no part of a revision, and never comes to the primary', () => {
    const after = refreshed(input());
    expect(revision(after, 'canary')).toEqual(revision(input(), 'canary'));
    expect(primaryOf(promoted(after))).toBe(primaryOf(promoted(input())));
  });

  test('takes the mark away where nothing is tracked any more, and writes none where nothing is', () => {
    const bare = { spec: { template: { spec: { volumes: null, initContainers: null, containers: [{ name: 'podinfod' }] } } } };
    const plain = edited(input(), 'Deployment/podinfo', bare);
    expect(deployment.refresh(see(plain))).toEqual([]);
    expect(deployment.refresh(see(edited(plain, 'Deployment/podinfo', mark('x'))))).toMatchObject([{ patch: mark(null) }]);
    expect(deployment.refresh(see([]))).toEqual([]);
  });
});

describe('giving back', () => {
  test('gives the target what the primary runs, with the original names, and takes our mark off', () => {
    const start = promoted(input());
    const marked = applied(start, deployment.refresh(see(start)));
    const moved = edited(marked, 'Deployment/podinfo', newPod);
    const after = applied(moved, deployment.giveBack(see(moved)));
    expect(templateOf(named(after, 'Deployment', 'podinfo'))).toEqual(templateOf(named(input(), 'Deployment', 'podinfo')));
    expect(deployment.giveBack(see(after))).toEqual([]);
  });

  test('changes nothing else where the templates are equal', () => {
    const start = promoted(input());
    expect(deployment.giveBack(see(start))).toEqual([]);
    const marked = applied(start, deployment.refresh(see(start)));
    const [change, ...more] = deployment.giveBack(see(marked));
    expect(change).toMatchObject({ patch: { spec: { template: { metadata: { annotations: { 'canary.run/config': null } } } } } });
    expect(more).toEqual([]);
  });

  test('leaves the target alone without a primary, but for the mark', () => {
    expect(deployment.giveBack(see(input()))).toEqual([]);
    const marked = applied(input(), deployment.refresh(see(input())));
    expect(applied(marked, deployment.giveBack(see(marked)))).toEqual(input());
    expect(deployment.giveBack(see([]))).toEqual([]);
  });
});

describe('what is looked at and asked for', () => {
  test('every name that a template has, the copies to be made, and what was made', () => {
    const made = [{ apiVersion: 'v1', kind: 'Secret', name: 'old-primary-0123abcd' }];
    const needs = deployment.needs(see(input(), made));
    const names = needs.flatMap((need) => ('name' in need ? [`${need.kind}/${need.name}`] : []));
    expect(names).toEqual(expect.arrayContaining(['ConfigMap/cfg-env', 'ConfigMap/cfg-missing', 'Secret/sec-vol', `ConfigMap/${first}`]));
    expect(names).toContain('Secret/old-primary-0123abcd');
    expect(new Set(names).size).toBe(names.length);
    expect(needs.some((need) => 'list' in need && need.list.kind !== 'ReplicaSet')).toBe(false);
  });

  test('the names of the past, so that it can be told', () => {
    const one = promoted(input());
    const bare = { spec: { template: { spec: { volumes: null, initContainers: null, containers: [{ name: 'podinfod' }] } } } };
    const two = promoted(edited(one, 'Deployment/podinfo', bare));
    expect(deployment.past(see(two), revision(one, 'canary').hash)).toEqual(revision(one, 'canary'));
  });

  const rightsOn = (objects: readonly Obj[]): string[] =>
    deployment.touches(see(objects)).map(({ resource, verbs, names = [] }) => [resource, ...verbs, ...names].join(' '));

  test('rights: Secrets are never listed, read by name where none is copied, and nothing is asked for without config', () => {
    expect(rightsOn(input())).toEqual([
      'replicasets list watch',
      'configmaps get list watch',
      'configmaps create delete',
      'secrets get create delete',
    ]);
    const tls = input().map((object) => (object.kind === 'Secret' ? changed(object, { type: 'kubernetes.io/tls' }) : object));
    expect(rightsOn(tls)).toContainEqual(expect.stringMatching(/^secrets get sec-/));
    const bare = { spec: { template: { spec: { volumes: null, initContainers: null, containers: [{ name: 'podinfod' }] } } } };
    expect(rightsOn(edited(input(), 'Deployment/podinfo', bare))).toEqual(['replicasets list watch']);
  });
});

describe('check', () => {
  test('accepts the recording, where only optional config is missing', () => {
    expect(deployment.check(see(input()))).toEqual([]);
    expect(deployment.check(see(promoted(input())))).toEqual([]);
  });

  test('names required config that is missing', () => {
    const objects = input().filter(({ metadata }) => metadata.name !== 'cfg-vol');
    const text = 'ConfigMap cfg-vol.test is not there, and Deployment podinfo needs it';
    expect(deployment.check(see(objects))).toEqual([{ path: 'ConfigMap/cfg-vol', text }]);
  });

  test('config is optional only where every place says so', () => {
    const volumes = [
      { name: 'v', configMap: { name: 'absent' } },
      { name: 'w', configMap: { name: 'absent', optional: true } },
    ];
    for (const list of [volumes, [...volumes].reverse()]) {
      const objects = edited(input(), 'Deployment/podinfo', { spec: { template: { spec: { volumes: list } } } });
      expect(deployment.check(see(objects)).map(({ path }) => path)).toEqual(['ConfigMap/absent']);
    }
  });

  test('names config that may not be read', () => {
    const found = foundOf(input());
    const closed = {
      ...found,
      one: (ref: Parameters<typeof found.one>[0]) => (ref.kind === 'Secret' ? ({ is: 'forbidden', rule: 'r' } as const) : found.one(ref)),
    };
    const problems = deployment.check(seenBy([deployment], canaryOf(), closed));
    expect(problems).toContainEqual({ path: 'Secret/sec-env', text: 'may not be read: r' });
  });

  test('refuses what stands where a copy belongs', () => {
    const text = 'is not the copy of cfg-env that the primary needs under this name';
    expect(deployment.check(see([...input(), configMap(first, { A: 'x' })]))).toEqual([{ path: `ConfigMap/${first}`, text }]);
  });

  test('refuses a name that has no room for its copy', () => {
    const name = 'x'.repeat(240);
    const target = edited(input(), 'Deployment/podinfo', {
      spec: { template: { spec: { volumes: [{ name: 'v', configMap: { name } }] } } },
    });
    const text = 'its copy for the primary would have a name longer than 253 characters';
    expect(deployment.check(see([...target, configMap(name)]))).toEqual([{ path: `ConfigMap/${name}`, text }]);
  });
});
