// `npm run bench`: figures as ratios to a floor that is measured in the same run, between the others, so that a busy machine slows both.
// Prints, and asserts nothing. What each row means stands in README.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runs = Number(process.argv[2] ?? 15);
const bin = join(root, 'bin/canary.js');

const starts = [
  { name: 'node -e 0', argv: ['-e', '0'], budget: '' },
  { name: 'canary --version', argv: [bin, '--version'], budget: '' },
  { name: 'canary --help', argv: [bin, '--help'], budget: '1.25 x' },
  { name: 'canary validate', argv: [bin, 'validate', join(root, 'examples/podinfo/canary.yaml')], budget: '' },
];

// A process tells its own peak: the resource usage that its parent sees holds the parent's memory too.
const tellPeak =
  "data:text/javascript,import fs from 'node:fs';process.on('exit',()=>fs.writeSync(2,'peak '+(/VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status','utf8'))||[])[1]))";

function start(argv) {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  const milliseconds = performance.now() - began;
  if (status !== 0) throw new Error(`node ${argv.join(' ')} ended with ${status}: ${stderr}`);
  return { milliseconds, stderr };
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}

/** All of them in turn, so that none has the quiet minute for itself. */
function measureStarts() {
  const times = starts.map(() => []);
  for (let run = 0; run < runs; run++) starts.forEach(({ argv }, index) => times[index].push(start(argv).milliseconds));
  return times.map(summary);
}

function measurePeaks() {
  if (process.platform !== 'linux') return undefined;
  const wanted = [starts[0], starts[2]];
  const times = wanted.map(() => []);
  for (let run = 0; run < 5; run++) {
    wanted.forEach(({ argv }, index) =>
      times[index].push(Number(/peak (\d+)/.exec(start(['--import', tellPeak, ...argv]).stderr)[1]) / 1024),
    );
  }
  return times.map(summary);
}

async function measureLives() {
  const folder = mkdtempSync(join(tmpdir(), 'canary-bench-'));
  try {
    const outfile = join(folder, 'life.mjs');
    await build({
      entryPoints: [join(root, 'bench/life.ts')],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      logLevel: 'warning',
    });
    const { life } = await import(pathToFileURL(outfile).href);
    const lives = [];
    for (let run = 0; run < 5; run++) lives.push(await life(join(root, 'test/parity/recordings/seed0-promote')));
    return lives;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column])))
      .join('   ')
      .trimEnd();
  console.log(`${all.map(line).join('\n')}\n`);
}

const ratio = (value, floor) => `${(value / floor).toFixed(2)} x`;
const rowOf = ({ min, median }, floor, digits = 0) => [
  min.toFixed(digits),
  median.toFixed(digits),
  ratio(min, floor.min),
  ratio(median, floor.median),
];

const times = measureStarts();
const [bare] = times;
print(
  [`start, ms (${runs} each)`, 'min', 'median', 'min/floor', 'median/floor', 'budget'],
  starts.map(({ name, budget }, index) => [name, ...rowOf(times[index], bare), budget]),
);

const peaks = measurePeaks();
if (peaks) {
  print(
    ['peak memory, MB', 'min', 'median', 'min/floor', 'median/floor'],
    [
      ['node -e 0', ...rowOf(peaks[0], peaks[0], 1)],
      ['canary --help', ...rowOf(peaks[1], peaks[0], 1)],
    ],
  );
}

const lives = await measureLives();
const lived = summary(lives.map(({ milliseconds }) => milliseconds));
print(
  ['one release in virtual time, ms', 'min', 'median', 'min/floor', 'median/floor'],
  [[`bootstrap and promotion (${lives[0].virtualSeconds.toFixed(0)} s on the wall)`, ...rowOf(lived, bare)]],
);

const { heartbeat = 0, ...verbs } = lives[0].requests;
const total = Object.values(verbs).reduce((sum, count) => sum + count, 0);
const ticks = lives[0].perTick;
// Flagger 1.44 made 481 requests for the same life on a real API server, and about 20 for each tick.
print(
  ['API requests of that release', 'count', 'of Flagger’s', 'budget'],
  [
    ...Object.entries(verbs)
      .sort(([, a], [, b]) => b - a)
      .map(([verb, count]) => [`  ${verb}`, String(count), '', '']),
    ['all but heartbeats', String(total), ratio(total, 481), '160'],
    ['heartbeats', String(heartbeat), '', ''],
    ['for one step of weight, median', String(summary(ticks).median), ratio(summary(ticks).median, 20), '5'],
    ['for one step of weight, most', String(Math.max(...ticks)), ratio(Math.max(...ticks), 20), '5'],
  ],
);
