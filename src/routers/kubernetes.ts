// The router for clusters without any: blue/green. All traffic stays with the primary, through the apex Service's selector, which is core's.
// Must never claim to split.
import type { TrafficRouter } from '../contracts.ts';

export const kubernetes: TrafficRouter = {
  ids: ['kubernetes'],
  touches: () => [],
  can: { split: false, match: false, mirror: false, affinity: false },
  queries: 'http',
  needs: () => [],
  drives: () => [],
  check: () => [],
  prepare: () => [],
  route: () => [],
  read: () => ({ kind: 'split', canary: 0 }),
  settled: () => ({ is: 'ready' }),
};
