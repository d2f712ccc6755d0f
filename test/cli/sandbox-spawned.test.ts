// `canary sandbox start` as a process, and a second process that releases against it: only its KUBECONFIG leads there, or its proxy, too.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { canary, file, setUp, tidyUp } from './spawn.ts';
import { podinfo } from './specs.ts';

beforeAll(setUp, 300_000);
afterAll(tidyUp);

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The second process waits by the clock on the wall. */
const withHooks = podinfo.replace('interval: 10s', 'interval: 2s').replace(
  '    metrics:\n',
  `    webhooks:
      - name: load
        url: http://flagger-loadtester.test/
        metadata:
          cmd: hey -z 1m -q 10 -c 2 http://podinfo-canary.test:9898/
    metrics:
`,
);

interface Started {
  readonly child: ChildProcess;
  readonly kubeconfig: string;
  readonly url: string;
  readonly ended: Promise<number | null>;
}

async function start(...argv: string[]): Promise<Started> {
  const env = { PATH: process.env['PATH'] ?? '' };
  const child = spawn('node', [join(root, 'bin/canary.js'), 'sandbox', 'start', ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  for (;;) {
    const kubeconfig = /^export KUBECONFIG=(\S+)\n$/.exec(out)?.[1];
    const url = /http_proxy=(\S+) /.exec(err)?.[1];
    if (kubeconfig !== undefined && url !== undefined) return { child, kubeconfig, url, ended };
    const gone = await Promise.race([ended.then(() => true), new Promise((resolve) => setTimeout(resolve, 50, false))]);
    if (gone === true) throw new Error(`the sandbox ended: ${err}`);
  }
}

test('a second process bootstraps, releases and rolls back against it', async () => {
  const spec = file('podinfo.yaml', withHooks);
  const { child, kubeconfig, url, ended } = await start(spec, '--speed', '20');
  const env = { KUBECONFIG: kubeconfig, http_proxy: url };
  const setImage = (image: string): Promise<Response> =>
    fetch(`${url}/apis/apps/v1/namespaces/test/deployments/podinfo`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }]),
    });
  try {
    // Through the API server, as every Service.
    const first = await canary(['run', spec, '--drain', '1s'], { env: { KUBECONFIG: kubeconfig } });
    expect(first.err).toContain('reach prometheus.test:9090: through the API server (services/proxy)\n');
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(/^result=initialized exit=0 /m)]);

    expect((await setImage('example.com/podinfo:1.0.1')).status).toBe(200);
    const second = await canary(['run', spec, '--drain', '1s'], { env });
    expect([second.code, second.out]).toEqual([0, expect.stringMatching(/^result=promoted exit=0 /m)]);

    const fault = await canary(['sandbox', 'fault', 'example.com/podinfo:1.0.2', '--errors', '90%'], { env });
    expect([fault.code, fault.out]).toEqual([0, 'image example.com/podinfo:1.0.2: 90 % of the answers are errors\n']);
    expect((await setImage('example.com/podinfo:1.0.2')).status).toBe(200);
    const third = await canary(['run', spec, '--drain', '1s'], { env });
    expect([third.code, third.out]).toEqual([10, expect.stringMatching(/^result=rolled-back exit=10 /m)]);
  } finally {
    child.kill('SIGINT');
  }
  expect(await ended).toBe(0);
  expect(existsSync(kubeconfig)).toBe(false);
}, 180_000);
