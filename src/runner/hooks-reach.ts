// Whether the webhooks that a release waits for can be reached at all, found out before the first write: a right that is missing must not look like
// a release that failed. It calls none of them.
import type { Canary } from '../contracts.ts';
import { PreflightError } from '../errors.ts';
import type { HttpWire } from '../ports.ts';
import type { Env } from './env.ts';

/** Of these nobody waits for an answer that decides anything. */
const told = ['event', 'post-rollout'];

export async function hooksReachable(env: Env, canary: Canary): Promise<void> {
  const { reachable } = env;
  if (!reachable || !canary.hooks.length) return;
  const asked = canary.hooks.filter(({ type }) => !told.includes(type));
  const [needed, comfort] = await Promise.all([asked, canary.hooks.filter(({ type }) => told.includes(type))].map(troubles));
  if (needed?.length)
    throw new PreflightError(`webhooks cannot be reached:\n${needed.join('\n')}`, 'mend that, or choose another way with --reach');
  for (const why of comfort ?? []) env.reporter.note(`going on without some webhooks: ${why}`, canary);

  async function troubles(hooks: Canary['hooks']): Promise<string[]> {
    if (!hooks.length || !reachable) return [];
    return [
      ...new Set(
        await reachable(
          hooks.map((hook) => wireOf(canary, hook)),
          env.signal,
        ),
      ),
    ];
  }
}

function wireOf({ namespace }: Canary, { url, insecure }: Canary['hooks'][number]): HttpWire {
  return { method: 'POST', url, headers: {}, home: namespace, ...(insecure ? { insecure: true } : {}) };
}
