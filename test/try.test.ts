import { test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';
import { stage } from './support/stage.ts';
test('x', async () => {
  for (const name of (process.env.CASES ?? 'seed0-promote').split(',')) {
    const dir = `test/parity/recordings/${name}/`;
    const w = yaml.load(readFileSync(dir + 'world.yaml', 'utf8')) as never as { steps: { image: string }[] };
    const at = await stage(name, readFileSync(dir + 'input.yaml', 'utf8'), w as never);
    const log: string[] = [];
    const api = (send: never) => async (wire: { method: string; url: string; body?: string }, s: AbortSignal) => {
      const t = at.sandbox.clock.now();
      const r = await (send as never as (a: unknown, b: unknown) => Promise<{ status: number }>)(wire, s);
      log.push(`${((t - Date.UTC(2026, 0, 1)) / 1000).toFixed(2).padStart(8)} ${wire.method.padEnd(6)} ${r.status} ${wire.url.slice(0, 150)} ${process.env.BODY ? (wire.body ?? '').slice(0, 200) : ''}`);
      return r;
    };
    for (const go of [0, 1, 2]) {
      if (go === 1) await at.sandbox.setImage(name, at.canaries[0]!.targetRef.name, w.steps[0]!.image);
      log.push(`---- run ${go}`);
      const r = await at.run({ api: api as never, onLine: ({ type, text, at: t }) => log.push(`${((t - Date.UTC(2026, 0, 1)) / 1000).toFixed(2).padStart(8)} ** ${type} ${text}`) });
      log.push(JSON.stringify(r.outcomes.map(({ result, exitCode, why, next }) => ({ result, exitCode, why, next }))), ...r.notes);
    }
    const only = process.env.LOG ? log : log.filter((l) => /\*\*|----|^[{[]|^[a-z]/.test(l));
    process.stdout.write(only.join('\n') + '\n' + `requests: ${log.filter((l) => /^ +[\d.]+ [A-Z]/.test(l)).length}, writes ${log.filter((l) => /^ +[\d.]+ (P|DEL)/.test(l)).length}\n`);
  }
});
