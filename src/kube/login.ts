// From flags and files to a signed-in `Send`: which cluster, as whom, by which way. It must never print or return a secret.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { getProxyForUrl } from 'proxy-from-env';
import { cleanText } from '../common/clean.ts';
import { UnreachableError } from '../errors.ts';
import { identityOf, signedInBy } from './identity.ts';
import { chooseContext, kubeconfigPaths, material, readKubeconfig, readSecretFile, textOf } from './kubeconfig.ts';
import type { Chosen } from './kubeconfig.ts';
import { connect } from './transport.ts';
import type { Connection, Server } from './transport.ts';

export interface LoginOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** What of this machine is looked at. */
export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where a pod finds its service account. */
  readonly account: string;
}

export interface Login extends Connection {
  /** By the service account of the pod that we run in: names of the cluster mean here what they mean there. */
  readonly inPod: boolean;
  readonly about: { readonly context: string; readonly user: string; readonly namespace: string };
  /** What people should know about this connection, such as TLS that is not verified. */
  readonly warnings: readonly string[];
}

const thisMachine: Around = { env: process.env, home: homedir(), account: '/var/run/secrets/kubernetes.io/serviceaccount' };

export async function login(options: LoginOptions, around: Around = thisMachine): Promise<Login> {
  const config = await readKubeconfig(kubeconfigPaths(options.kubeconfig, around));
  const isPod = !config && options.context === undefined && around.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  if (!config && !isPod) {
    throw new UnreachableError(
      'no kubeconfig: neither --kubeconfig nor KUBECONFIG nor ~/.kube/config leads to one',
      'name one with --kubeconfig FILE',
    );
  }
  const chosen = config ? chooseContext(config, options.context) : await serviceAccount(around);
  const { server, warnings } = await serverOf(chosen);
  const authorize = await identityOf(chosen);
  // Once now: a plug-in may open a browser, which takes longer than any request may.
  await authorize(false);
  const by = signedInBy(chosen.user);
  return {
    ...connect(server, authorize),
    inPod: isPod,
    about: {
      context: cleanText(chosen.context, 200),
      user: cleanText(chosen.user?.name ?? 'anonymous', 200),
      namespace: options.namespace ?? chosen.namespace ?? 'default',
    },
    warnings: [...(config?.warnings ?? []), ...warnings, ...(by ? [cleanText(`the kubeconfig signs in by ${by}`, 300)] : [])],
  };
}

async function serverOf({ cluster }: Chosen): Promise<{ server: Server; warnings: string[] }> {
  const address = textOf(cluster.fields, 'server') ?? '';
  const url = addressOf(address, cluster.name);
  const ca = await material(cluster, 'certificate-authority');
  const serverName = textOf(cluster.fields, 'tls-server-name');
  const insecure = cluster.fields['insecure-skip-tls-verify'] === true;
  const proxy = proxyOf(textOf(cluster.fields, 'proxy-url') || getProxyForUrl(url.href));
  const plain = url.protocol === 'http:';
  return {
    server: { address, insecure, ...(ca ? { ca } : {}), ...(serverName ? { serverName } : {}), ...(proxy ? { proxy } : {}) },
    warnings: [
      ...(insecure && !plain ? [`cluster "${cluster.name}": the server's certificate is not verified (insecure-skip-tls-verify)`] : []),
      ...(plain && !isLoopback(url) ? [`cluster "${cluster.name}": the connection is not encrypted (http)`] : []),
    ],
  };
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/** Addresses can hold sign-in data, so a bad one is not repeated. */
function addressOf(address: string, cluster: string): URL {
  const what = `cluster "${cleanText(cluster, 100)}" of the kubeconfig`;
  if (!URL.canParse(address)) throw new UnreachableError(`${what} has no valid server address`);
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new UnreachableError(`${what} has a server that is neither https nor http`);
  if (url.username || url.password)
    throw new UnreachableError(`${what} has sign-in data in its server address`, 'move it to a user of the kubeconfig');
  return url;
}

function proxyOf(proxy: string): string | undefined {
  if (!proxy) return undefined;
  const { protocol } = URL.canParse(proxy) ? new URL(proxy) : { protocol: '' };
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new UnreachableError('the proxy to the cluster is neither http nor https', 'check proxy-url in the kubeconfig, or HTTPS_PROXY');
  }
  return proxy;
}

/** The context of a pod, in the form of a kubeconfig's. */
async function serviceAccount({ env, account }: Around): Promise<Chosen> {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const namespace = (await readSecretFile(join(account, 'namespace'), 'namespace')).trim();
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    context: 'in-cluster',
    namespace,
    cluster: { name: 'in-cluster', fields: { server, 'certificate-authority': join(account, 'ca.crt') }, folder: account },
    user: { name: `a service account of ${namespace}`, fields: { tokenFile: join(account, 'token') }, folder: account },
  };
}
