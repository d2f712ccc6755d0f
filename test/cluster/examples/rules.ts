// What of a walk-through is not typed on a real API server, and why; and which lines may come out otherwise there. Data; it plays nothing.

type Rule = readonly [pattern: RegExp, because: string];

/** Commands of the sessions. */
const sessions: readonly Rule[] = [
  [/^canary run .*--sandbox$/, 'makes a cluster inside its own process'],
  [/^canary sandbox start /, 'serves a simulated cluster'],
  [/^export KUBECONFIG=sandbox\.kubeconfig /, 'leads to the simulated cluster'],
  [/^canary sandbox fault /, 'refuses real clusters; the scripted Prometheus tells of the errors'],
];

/** Commands of the blocks that prepare a real cluster. */
const preparations: readonly Rule[] = [
  [/^kubectl create ns /, 'the namespace is there: the Role stands in it'],
  [/ port-forward /, 'no mesh runs here: an HTTP proxy stands for what answers in it'],
  [/^kubectl delete deployment reviews-v1 /, 'Bookinfo itself is not installed'],
  [/^canary run .* --wait=/, 'waits for what somebody else commits'],
  [/^canary /, 'one more way to type what the sessions type'],
];

export function whyLeftOut(typed: string, of: 'session' | 'preparation'): string | undefined {
  const rules = of === 'session' ? sessions : preparations;
  return rules.find(([pattern]) => pattern.test(typed))?.[1];
}
