// The addresses that files name, for the sandbox to answer at, and the Secrets of MetricTemplates and AlertProviders that the files leave out.
// Reads documents; asks nobody.
import { isObject } from '../common/json.ts';
import type { Canary, Obj } from '../contracts.ts';
import type { Loaded } from '../spec/load.ts';
import type { Json, JsonObject } from '../spec/types.ts';
import { encoded } from './made-up.ts';

export interface Addresses {
  readonly metricsServers: readonly string[];
  readonly hooks: readonly string[];
  readonly rollbacks: readonly string[];
  readonly chats: readonly { readonly name: string; readonly address: string }[];
}

type Others = Loaded['others'];

/** `namespace`: of documents that name none. */
export function addressesIn(canaries: readonly Canary[], others: Others, namespace: string): Addresses {
  const hooks = canaries.flatMap((canary) => canary.hooks);
  const urls = (isRollback: boolean): string[] => hooks.filter(({ type }) => (type === 'rollback') === isRollback).map(({ url }) => url);
  const templates = documents(others, 'MetricTemplate').map(({ spec }) => inner(spec, 'provider'));
  const prometheus = templates.filter(({ type }) => type === 'prometheus').map(({ address }) => address);
  return {
    metricsServers: distinct([...canaries.map((canary) => canary.metricsServer), ...prometheus]),
    hooks: distinct(urls(false)),
    rollbacks: distinct(urls(true)),
    chats: documents(others, 'AlertProvider').flatMap((provider) => {
      const address = secretValue(provider, { others, namespace }) ?? provider.spec['address'];
      return typeof address === 'string' ? [{ name: String(provider.spec['type'] ?? provider.name), address }] : [];
    }),
  };
}

/** Where a chat is reached whose Secret the files do not hold. */
const chatAddress = 'http://chat.sandbox.local/';

/** Secrets that stand in for those that the files name and do not hold. */
export function missingSecrets(others: Others, namespace: string): Obj[] {
  const needs = [
    ...documents(others, 'AlertProvider').map((each) => ({ each, ref: inner(each.spec, 'secretRef'), data: { address: chatAddress } })),
    ...documents(others, 'MetricTemplate').map((each) => ({
      each,
      ref: inner(inner(each.spec, 'provider'), 'secretRef'),
      data: { username: 'sandbox', password: 'sandbox' },
    })),
  ];
  return needs.flatMap(({ each, ref, data }) => {
    const { name } = ref;
    const home = each.namespace ?? namespace;
    if (typeof name !== 'string' || secretIn(others, { name, namespace: home }, namespace)) return [];
    return [{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: home }, type: 'Opaque', data: encoded(data) }];
  });
}

interface FlaggerDocument {
  readonly name: string;
  readonly namespace?: string;
  readonly spec: JsonObject;
}

function documents(others: Others, kind: string): FlaggerDocument[] {
  return others
    .filter((each) => each.kind === kind && each.apiVersion.startsWith('flagger.app/'))
    .map(({ name, namespace, object }) => ({ name, ...(namespace === undefined ? {} : { namespace }), spec: inner(object, 'spec') }));
}

/** A provider's address may stand in a Secret, of the files or made up. */
function secretValue(provider: FlaggerDocument, at: { others: Others; namespace: string }): string | undefined {
  const { name } = inner(provider.spec, 'secretRef');
  if (typeof name !== 'string') return undefined;
  const secret = secretIn(at.others, { name, namespace: provider.namespace ?? at.namespace }, at.namespace);
  if (!secret) return chatAddress;
  const plain = inner(secret, 'stringData')['address'];
  if (typeof plain === 'string') return plain.trim();
  const coded = inner(secret, 'data')['address'];
  return typeof coded === 'string' ? Buffer.from(coded, 'base64').toString('utf8').trim() : undefined;
}

function secretIn(others: Others, wanted: { name: string; namespace: string }, namespace: string): JsonObject | undefined {
  const found = others.find(
    (each) => each.kind === 'Secret' && each.name === wanted.name && (each.namespace ?? namespace) === wanted.namespace,
  );
  return found?.object;
}

function inner(value: Json | undefined, field: string): JsonObject {
  const found = isObject(value) ? value[field] : undefined;
  return isObject(found) ? found : {};
}

function distinct(values: readonly (Json | undefined)[]): string[] {
  return [...new Set(values.filter((value): value is string => typeof value === 'string'))];
}
