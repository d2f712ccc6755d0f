// Who we are to the API server, out of a kubeconfig's user: headers and certificates, asked for at each request. It must never print them.
import { resolve } from 'node:path';
import { isObject } from '../common/json.ts';
import { UnreachableError } from '../errors.ts';
import { material, readSecretFile, textOf } from './kubeconfig.ts';
import type { Chosen, Entry } from './kubeconfig.ts';

export interface Credentials {
  /** Pairs, because one may stand twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly cert?: string;
  readonly key?: string;
}

/** `again`: the server did not accept the last ones. */
export type Authorize = (again: boolean) => Promise<Credentials>;

/** Users that a plug-in or an identity provider signs in, with its name for people. */
export function signedInBy(user: Entry | undefined): string | undefined {
  const exec = user?.fields['exec'];
  if (isObject(exec)) return `plug-in ${textOf(exec, 'command') ?? ''}`;
  const provider = user?.fields['auth-provider'];
  return isObject(provider) ? `provider ${textOf(provider, 'name') ?? ''}` : undefined;
}

export async function identityOf(chosen: Chosen): Promise<Authorize> {
  const { user } = chosen;
  if (!user) return async () => ({ headers: [] });
  const impersonation = impersonating(user);
  if (signedInBy(user) !== undefined) {
    // Its many dependencies are loaded by the few who need them.
    const { signInWithClientNode } = await import('./client-node.ts');
    const signIn = signInWithClientNode(chosen);
    return async (again) => {
      const credentials = await signIn(again);
      return { ...credentials, headers: [...credentials.headers, ...impersonation] };
    };
  }
  const cert = await material(user, 'client-certificate');
  const key = await material(user, 'client-key');
  if ((cert === undefined) !== (key === undefined))
    throw new UnreachableError(`user "${user.name}" of the kubeconfig has a certificate or a key, but not both`);
  const pair = cert === undefined || key === undefined ? {} : { cert, key };
  return async () => ({ headers: [...(await authorization(user)), ...impersonation], ...pair });
}

async function authorization(user: Entry): Promise<[string, string][]> {
  const tokenFile = textOf(user.fields, 'tokenFile');
  // Read each time: such tokens live for an hour and are replaced in place.
  const token = tokenFile ? (await readSecretFile(resolve(user.folder, tokenFile), 'token')).trim() : textOf(user.fields, 'token');
  if (token) return [['authorization', `Bearer ${token}`]];
  const name = textOf(user.fields, 'username');
  if (!name) return [];
  const password = textOf(user.fields, 'password') ?? '';
  return [['authorization', `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`]];
}

function impersonating(user: Entry): [string, string][] {
  const as = textOf(user.fields, 'as');
  if (!as) return [];
  const groups = user.fields['as-groups'];
  const extra = user.fields['as-user-extra'];
  const uid = textOf(user.fields, 'as-uid');
  return [
    ['impersonate-user', as],
    ...(uid ? [['impersonate-uid', uid] as [string, string]] : []),
    ...listOf(groups).map((group): [string, string] => ['impersonate-group', group]),
    ...Object.entries(isObject(extra) ? extra : {}).flatMap(([name, values]) =>
      listOf(values).map((value): [string, string] => [`impersonate-extra-${encodeURIComponent(name)}`, value]),
    ),
  ];
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
