// The only importer of @kubernetes/client-node: sign-in by exec plug-ins, OIDC and other identity providers. It must be imported
// dynamically, and it never sends a request to the API server itself.
import type { OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import yaml from 'js-yaml';
import { cleanText } from '../common/clean.ts';
import { isObject } from '../common/json.ts';
import type { JsonObject } from '../contracts.ts';
import { ForbiddenError } from '../errors.ts';
import { signedInBy } from './identity.ts';
import type { Authorize, Credentials } from './identity.ts';
import { textOf } from './kubeconfig.ts';
import type { Chosen, Entry } from './kubeconfig.ts';

/** A plug-in that names no end of its credentials would else be run for each request. */
const keepFor = 60_000;

export function signInWithClientNode(chosen: Chosen): Authorize {
  let config = load(chosen);
  let kept: { at: number; credentials: Promise<Credentials> } | undefined;
  return (again) => {
    // What was refused is forgotten, with the cache inside the library.
    if (again) config = load(chosen);
    if (again || !kept || performance.now() - kept.at > keepFor) {
      const credentials = signIn(config, chosen);
      kept = { at: performance.now(), credentials };
      credentials.catch(() => (kept = undefined));
    }
    return kept.credentials;
  };
}

async function signIn(config: KubeConfig, chosen: Chosen): Promise<Credentials> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    // What a plug-in says on stderr is foreign text; what it says on stdout, the credentials, is not part of it.
    const said = cleanText(error instanceof Error ? error.message : String(error), 300);
    throw new ForbiddenError(
      `${signedInBy(chosen.user) ?? 'the provider'} could not sign in: ${said}`,
      'sign in with it by hand, then run again',
    );
  }
  const headers = pairs(options.headers);
  const { cert, key } = options;
  return { headers, ...(typeof cert === 'string' ? { cert } : {}), ...(typeof key === 'string' ? { key } : {}) };
}

function pairs(headers: RequestOptions['headers']): [string, string][] {
  return Object.entries((headers ?? {}) as OutgoingHttpHeaders).flatMap(([name, value]) =>
    value === undefined || /^impersonate-/i.test(name)
      ? []
      : [value].flat().map((each): [string, string] => [name.toLowerCase(), String(each)]),
  );
}

/** A kubeconfig of just the chosen context: what the library reads of it is decided by our merge, not by its own. */
function load(chosen: Chosen): KubeConfig {
  const { user, cluster, context } = chosen;
  const config = new KubeConfig();
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [{ name: context, context: { cluster: cluster.name, user: user?.name ?? '' } }],
    // Never connected to: only the user is of interest here.
    clusters: [{ name: cluster.name, cluster: { server: 'https://unused.invalid' } }],
    users: user ? [{ name: user.name, user: absolute(user) }] : [],
  };
  config.loadFromString(yaml.dump(document));
  if (user) config.makePathsAbsolute(user.folder);
  return config;
}

/** A command with a folder in it is meant from the file's own folder; a bare name is looked up in PATH. */
function absolute(user: Entry): JsonObject {
  const exec = user.fields['exec'];
  const command = isObject(exec) ? (textOf(exec, 'command') ?? '') : '';
  if (!isObject(exec) || !/^\.{1,2}[\\/]/.test(command)) return user.fields;
  return { ...user.fields, exec: { ...exec, command: `${user.folder}/${command}` } };
}
