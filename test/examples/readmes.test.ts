// Every walk-through is played as its README types it, and must come out as it shows. UPDATE=1 rewrites what comes out where nothing is left
// out. The lines that the seed documents show are looked for in what was really said.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { enterCopy, type Copy } from './copy.ts';
import { normalLines } from './normal.ts';
import { examples, isAsShown, rewrite, stepsOf, type Step } from './readme.ts';
import * as seeds from './seeds.ts';
import { openTerminal } from './terminal.ts';

let copy: Copy;

beforeAll(() => {
  copy = enterCopy();
});

afterAll(() => copy.leave());

interface Played extends Step {
  readonly lines: readonly string[];
}

async function play(name: string): Promise<Played[]> {
  const terminal = openTerminal();
  const played: Played[] = [];
  try {
    for (const step of stepsOf(name)) {
      const last = normalLines(step.shown.slice(-1))[0];
      const lines = await terminal.type(step.typed, (said) => normalLines(said.slice(-1))[0] === last);
      played.push({ ...step, lines: lines.map((line) => asAna(line)) });
    }
  } finally {
    await terminal.close();
  }
  if (process.env['UPDATE'] === '1') rewrite(name, played);
  return played;
}

/** Nobody's own machine stands in a README. */
function asAna(line: string): string {
  return line.replaceAll(copy.folder, '/home/ana/canary').replace(/(?<=\bdriver )\S+@\S+(?=,)/, 'ana@laptop');
}

/** What an event line or a row of `describe` says, without who, when and where; any other line whole. */
function texts(played: readonly Played[]): string[] {
  const lines = normalLines(played.flatMap((step) => [`$ ${step.typed}`, ...step.lines]));
  return lines.map((line) => /^(?:<time> \S+ (?:Normal|Warning)| {2}(?:Normal|Warning) .*? canary) +(.*)$/.exec(line)?.[1] ?? line);
}

/** The first of the wanted lines that does not follow the others. */
function firstMissing(lines: readonly string[], wanted: readonly string[]): string | undefined {
  let from = 0;
  return wanted.find((each) => {
    const at = lines.indexOf(each, from);
    from = at + 1;
    return at < 0;
  });
}

const secondImage = '$ kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:3.1.2';
const secondRoute = '$ kubectl -n test set image deployment/podinfo podinfod=stefanprodan/podinfo:6.5.2';
const smiImage = '$ kubectl -n test set image deployment/podinfo podinfod=quay.io/stefanprodan/podinfo:';
const describing = '$ canary describe podinfo -n test';

/** Of each walk-through: what must be found in this order, each list from the start. */
const shown: Readonly<Record<string, readonly (readonly string[])[]>> = {
  podinfo: [
    [...seeds.promotion, describing, ...seeds.succeeded, ...seeds.promotion, secondImage],
    ['$ canary status -A', seeds.statusColumns],
    [secondImage, ...seeds.rollback, describing, ...seeds.failed, ...seeds.rollback],
  ],
  smi: [
    seeds.published,
    [`${smiImage}1.7.1`, ...seeds.promotion, seeds.statusColumns],
    [`${smiImage}1.7.2`, ...seeds.rollback, describing, ...seeds.failed, ...seeds.rollback],
  ],
  bookinfo: [['$ kubectl apply -f examples/bookinfo/reviews-v2.yaml', ...seeds.reviews, '$ canary describe reviews', 'Status:', 'Events:']],
  gitops: [
    [...seeds.promotion, '$ echo $?', '0'],
    ['service/podinfo configured', 'podinfo  Succeeded,DRIFTED  0  <time>', 'podinfo  Succeeded  0  <time>'],
    [describing, ...seeds.succeeded, ...seeds.promotion],
  ],
  'gateway-api': [
    ['Advance podinfo.test canary weight 25', 'Advance podinfo.test canary weight 50', 'Promotion completed! Scaling down podinfo.test'],
    [secondRoute, 'Canary failed! Scaling down podinfo.test', '$ canary delete podinfo -n test --yes', '      name: podinfo'],
  ],
  mirroring: [
    [...seeds.endpointsBefore, ...seeds.endpoints, '$ kubectl get deploy -n test', ...seeds.deployments, ...seeds.route, ...seeds.shifting],
  ],
};

test('every folder is played', () => {
  expect(readdirSync(examples).sort()).toEqual(Object.keys(shown).sort());
});

test.each(Object.keys(shown))('%s holds a README and YAML files, and nothing else', (name) => {
  const files = readdirSync(new URL(`${name}/`, examples), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  expect(files.filter((file) => !file.endsWith('.yaml'))).toEqual(['README.md']);
});

describe.each(Object.entries(shown))('%s', (name, wanted) => {
  let played: Played[] = [];
  beforeAll(async () => {
    played = await play(name);
  });

  test('comes out as its README shows', () => {
    expect(played.length).toBeGreaterThan(5);
    const wrong = played.find(({ lines, shown: expected }) => !isAsShown(lines, expected));
    expect(wrong && [wrong.typed, ...normalLines(wrong.lines)]).toEqual(wrong && [wrong.typed, ...normalLines(wrong.shown)]);
  });

  test('says what the seed documents show', () => {
    for (const lines of wanted) expect(firstMissing(texts(played), lines)).toBeUndefined();
  });
});
