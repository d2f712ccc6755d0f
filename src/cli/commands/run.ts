// `canary run`: its words. The work is in run.run.ts.
import { parseDuration } from '../../common/duration.ts';
import type { Command } from '../command.ts';
import { clusterFlags, namespaceFlag, providerFlags, reachFlag, setFlag } from '../flags.ts';

export const runCommand: Command = {
  name: 'run',
  args: '<FILE...>',
  summary: 'drive the release of the canaries in FILE to its end; the exit code is the result',
  examples: [
    { does: 'release what the target holds now', type: 'canary run podinfo-canary.yaml' },
    { does: 'make the new revision itself', type: 'canary run podinfo-canary.yaml --image podinfod=stefanprodan/podinfo:3.1.1' },
    { does: 'a pipeline that applies the files and releases them', type: 'canary run deploy/ --apply --wait=10m' },
    { does: 'see it without a cluster', type: 'canary run podinfo-canary.yaml --sandbox' },
    { does: 'machine-readable', type: 'canary run podinfo-canary.yaml -o ndjson | jq -r .msg' },
  ],
  flags: [
    namespaceFlag,
    ...clusterFlags,
    ...providerFlags,
    reachFlag,
    setFlag,
    { flags: '--apply', text: 'first apply the other objects of FILE, but never the fields that the release drives' },
    { flags: '--image <[container=]image>', text: 'set this image on the target first' },
    { flags: '--timeout <duration>', text: 'roll back when the whole run takes longer', default: '6h' },
    { flags: '--drain <duration>', text: 'time between a read-back route and scaling the losing side down', default: '10s' },
    {
      flags: '--on-interrupt <what>',
      text: 'what Ctrl-C, SIGTERM and SIGHUP do with the traffic',
      default: 'park',
      choices: ['park', 'hold', 'rollback'],
    },
    {
      flags: '--wait [duration]',
      text: 'where there is nothing to do, wait for the next revision (30m, unless told otherwise)',
      bare: { value: '30m', takes: (word) => parseDuration(word) !== undefined },
    },
    { flags: '--queue', text: 'wait for a driver that is alive to end; with --image, it hands over (exit 15)' },
    { flags: '--takeover', text: 'take over from a driver that looks alive' },
    { flags: '--no-retry', text: 'do not analyse again the revision that failed last (exit 10)' },
    { flags: '--sandbox', text: 'run against a cluster inside this process' },
    { flags: '--speed <times>', text: 'with --sandbox: how much faster than the clock on the wall (20)' },
    { flags: '--ascii', text: 'draw with plain signs only (as where the locale is not UTF-8)' },
    { flags: '-o, --output <format>', text: 'what stdout carries', default: 'text', choices: ['text', 'ndjson'] },
  ],
  load: async () => import('./run.run.ts'),
};
