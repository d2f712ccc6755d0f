// Tracked config: what the recording shows as tracked is copied under the name of its content, and old code never meets new config.
import { describe, expect, test } from '@jest/globals';
import type { JsonObject, Obj } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { applied } from '../support/found.ts';
import { changed } from './podinfo.ts';
import { configMap, edited, hash8, input, named, promoted, recorded, revision, see, templateOf, touched } from './tracked.ts';

const copies = {
  'cfg-env': `cfg-env-primary-${hash8({ A: '1' })}`,
  'cfg-envfrom': `cfg-envfrom-primary-${hash8({ B: '2' })}`,
  'cfg-init': `cfg-init-primary-${hash8({ E: '5' })}`,
  'cfg-proj': `cfg-proj-primary-${hash8({ D: '4' })}`,
  'cfg-vol': `cfg-vol-primary-${hash8({ C: '3' })}`,
  'sec-env': `sec-env-primary-${hash8({ S: 'b25l' })}`,
  'sec-vol': `sec-vol-primary-${hash8({ T: 'dHdv' })}`,
};

function withType(type: string): Obj[] {
  return edited(input(), 'Secret/sec-env', { type });
}

function env(objects: readonly Obj[], patch: JsonObject): Obj[] {
  return edited(objects, 'ConfigMap/cfg-env', patch);
}

function copiesIn(objects: readonly Obj[]): string[] {
  return touched(deployment.primary(see(objects), revision(objects, 'canary'))).filter((line) => !line.includes('Deployment/'));
}

describe('the primary of the recording', () => {
  const changes = deployment.primary(see(input()), revision(input(), 'canary'));

  test('is made after its copies, and names them where Flagger names its own', () => {
    const tracked = Object.keys((recorded('initialized', 'Canary/podinfo')['status'] as { trackedConfigs: object }).trackedConfigs);
    const names = tracked.map((key) => key.slice(key.indexOf('/') + 1));
    expect(names.sort()).toEqual(Object.keys(copies).sort());
    expect(touched(changes).slice(-1)).toEqual(['create Deployment/podinfo-primary']);
    expect(touched(changes).slice(0, -1).sort()).toEqual(
      tracked
        .map((key) => {
          const [kind, name] = key.split('/') as ['configmap' | 'secret', keyof typeof copies];
          return `create ${kind === 'secret' ? 'Secret' : 'ConfigMap'}/${copies[name]}`;
        })
        .sort(),
    );
  });

  test('differs from the recorded one by the hashes alone', () => {
    const theirs = JSON.stringify(templateOf(recorded('initialized', 'deployments/podinfo-primary')));
    const names = (text: string): string[] =>
      [...text.matchAll(/"(?:name|secretName)":"((?:cfg|sec)-[^"]*)"/g)].map(([, name]) => name ?? '').sort();
    const primary = named(applied(input(), changes), 'Deployment', 'podinfo-primary');
    const hashed = names(theirs).map((name) => copies[name.replace(/-primary$/, '') as keyof typeof copies] ?? name);
    expect(names(JSON.stringify(templateOf(primary)))).toEqual(hashed.sort());
    expect(hashed).toEqual(expect.arrayContaining(['cfg-optout', 'cfg-missing']));
  });

  test.each(['ConfigMap/cfg-env', 'Secret/sec-env'])('has an immutable copy of %s with the recorded content', (key) => {
    const [kind = '', name = ''] = key.split('/');
    const copy = named(applied(input(), changes), kind, copies[name as keyof typeof copies]);
    const theirs = recorded('initialized', `${kind.toLowerCase()}s/${name}-primary`);
    const { metadata, ...content } = copy;
    expect(content).toEqual({
      apiVersion: 'v1',
      kind,
      immutable: true,
      data: theirs['data'],
      ...(kind === 'Secret' ? { type: theirs['type'] } : {}),
    });
    expect(metadata).toEqual({ name: copy.metadata.name, namespace: 'test', labels: { 'app.kubernetes.io/managed-by': 'canary' } });
  });

  test('is the target, read back, and nothing is left to do', () => {
    const after = promoted(input());
    expect(revision(after, 'primary')).toEqual(revision(after, 'canary'));
    expect(deployment.primary(see(after), revision(after, 'canary'))).toEqual([]);
    expect(deployment.sweep(see(after))).toEqual([]);
  });
});

describe('what is tracked', () => {
  test.each(['Opaque', 'kubernetes.io/basic-auth', 'kubernetes.io/ssh-auth'])('Secrets of type %s', (type) => {
    expect(copiesIn(withType(type))).toContain(`create Secret/${copies['sec-env']}`);
  });

  const untracked: [string, Obj[]][] = [
    ['of type kubernetes.io/tls', withType('kubernetes.io/tls')],
    ['of other types', withType('kubernetes.io/dockerconfigjson')],
    [
      'that a controller owns',
      edited(input(), 'Secret/sec-env', { metadata: { ownerReferences: [{ kind: 'SealedSecret', controller: true }] } }),
    ],
    ['that cert-manager writes', edited(input(), 'Secret/sec-env', { metadata: { annotations: { 'cert-manager.io/issuer-name': 'ca' } } })],
    [
      'that external-secrets writes',
      edited(input(), 'Secret/sec-env', { metadata: { labels: { 'reconcile.external-secrets.io/managed': 'true' } } }),
    ],
    [
      'that opted out',
      edited(input(), 'Secret/sec-env', { metadata: { annotations: { 'flagger.app/config-tracking': 'disabled-for-now' } } }),
    ],
  ];

  test.each(untracked)('not Secrets %s: referenced, and no part of the hash', (_, objects) => {
    const newer = edited(objects, 'Secret/sec-env', { data: { S: 'bmV3' } });
    expect(copiesIn(objects).filter((line) => line.includes('sec-env'))).toEqual([]);
    expect(revision(newer, 'canary').hash).toBe(revision(objects, 'canary').hash);
    expect(JSON.stringify(templateOf(named(promoted(objects), 'Deployment', 'podinfo-primary')))).toContain('{"name":"sec-env"');
  });

  test("an owner that controls nothing does not make a Secret a controller's", () => {
    const owned = edited(input(), 'Secret/sec-env', { metadata: { ownerReferences: [{ kind: 'App', controller: false }] } });
    expect(copiesIn(owned)).toContain(`create Secret/${copies['sec-env']}`);
  });

  test('binaryData, which is copied, too', () => {
    const objects = env(input(), { binaryData: { Z: 'AAE=' } });
    const name = `cfg-env-primary-${hash8({ A: '1' }, { Z: 'AAE=' })}`;
    expect(named(promoted(objects), 'ConfigMap', name)).toMatchObject({ data: { A: '1' }, binaryData: { Z: 'AAE=' } });
  });

  test('labels of the original are not copied: tools load what carries theirs', () => {
    const objects = env(input(), { metadata: { labels: { grafana_dashboard: '1' } } });
    expect(named(promoted(objects), 'ConfigMap', copies['cfg-env']).metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'canary' });
  });
});

describe('a revision', () => {
  test('is another one when config changes alone, and only that', () => {
    const before = revision(input(), 'canary');
    const after = revision(env(input(), { data: { A: 'changed' } }), 'canary');
    expect(after.hash).not.toBe(before.hash);
    expect(after.config).not.toBe(before.config);
    expect(after.template).toEqual(before.template);
    expect(revision(edited(input(), 'ConfigMap/cfg-optout', { data: { F: 'x' } }), 'canary')).toEqual(before);
    expect(revision(env(input(), { metadata: { labels: { a: 'b' } } }), 'canary')).toEqual(before);
  });

  test('changes when optional config appears, and when config opts out', () => {
    const { hash } = revision(input(), 'canary');
    expect(revision([...input(), configMap('cfg-missing', { O: 'x' })], 'canary').hash).not.toBe(hash);
    const out = { metadata: { annotations: { 'flagger.app/config-tracking': 'disabled' } } };
    expect(revision(env(input(), out), 'canary').hash).not.toBe(hash);
  });

  test('of the primary needs only the names of its copies', () => {
    const after = promoted(input());
    const without = after.filter(({ metadata }) => !Object.values(copies).includes(metadata.name));
    expect(revision(without, 'primary')).toEqual(revision(after, 'primary'));
  });

  test('of the primary stays what it was while the target moves on', () => {
    const after = promoted(input());
    const { hash } = revision(after, 'primary');
    expect(revision(env(after, { data: { A: 'changed' } }), 'primary').hash).toBe(hash);
    const bare = edited(after, 'Deployment/podinfo', { spec: { template: { spec: { volumes: null, initContainers: null } } } });
    expect(revision(bare, 'primary').hash).toBe(hash);
  });
});

describe('a primary from before', () => {
  const raw = (): Obj[] => {
    const after = promoted(input().filter(({ kind }) => kind === 'Deployment'));
    return [...after, ...input().filter(({ kind }) => kind !== 'Deployment')];
  };

  test('whose references were never rewritten has what is there now: no rollout', () => {
    expect(revision(raw(), 'primary')).toEqual(revision(raw(), 'canary'));
    expect(deployment.primary(see(raw()), revision(raw(), 'canary'))).toEqual([]);
  });

  test('gets copies with the next revision', () => {
    const next = edited(raw(), 'Deployment/podinfo', { spec: { template: { spec: { nodeName: 'n1' } } } });
    const primary = named(promoted(next), 'Deployment', 'podinfo-primary');
    expect(JSON.stringify(templateOf(primary))).toContain(copies['cfg-env']);
  });

  const flaggers = (file: 'initialized' | 'final', binary: JsonObject = {}): Obj[] => {
    const theirs = ['cfg-env', 'cfg-envfrom', 'cfg-init', 'cfg-proj', 'cfg-vol', 'sec-env', 'sec-vol'].map((name) => {
      const kind = name.startsWith('sec') ? 'Secret' : 'ConfigMap';
      return { ...recorded(file, `${kind.toLowerCase()}s/${name}-primary`), apiVersion: 'v1', kind };
    });
    const deployments = ['podinfo', 'podinfo-primary'].map((name) => {
      return { ...recorded(file, `deployments/${name}`), apiVersion: 'apps/v1', kind: 'Deployment' };
    });
    return [...deployments, ...theirs, ...env(input(), binary).filter(({ kind }) => kind !== 'Deployment')];
  };

  test("that Flagger made is told by its copies' content", () => {
    const same = flaggers('initialized');
    expect(revision(same, 'primary')).toEqual(revision(same, 'canary'));
    expect(deployment.primary(see(same), revision(same, 'canary'))).toEqual([]);
    const other = flaggers('final');
    expect(revision(other, 'primary').hash).not.toBe(revision(other, 'canary').hash);
  });

  test("without Flagger's mark has a ConfigMap of the user's that is called so", () => {
    const own = (name: string): Obj[] => [
      ...edited(input(), 'Deployment/podinfo', { spec: { template: { spec: { volumes: [volume(name)] } } } }),
    ];
    const out = { metadata: { annotations: { 'flagger.app/config-tracking': 'disabled' } } };
    for (const name of ['db-primary', 'db-primary-0123abcd']) {
      const after = promoted([...own(name), changed(configMap(name), out)]);
      expect(revision(after, 'primary')).toEqual(revision(after, 'canary'));
      const moved = edited(after, 'Deployment/podinfo', { spec: { template: { spec: { volumes: null } } } });
      expect(revision(moved, 'primary').hash).toBe(revision(after, 'primary').hash);
    }
  });
});

function volume(name: string): JsonObject {
  return { name: 'v', configMap: { name } };
}
