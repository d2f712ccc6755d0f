// Blue/green without a mesh: nothing to route, nothing to claim.
import { describe, expect, test } from '@jest/globals';
import { kubernetes } from '../../src/routers/kubernetes.ts';
import { canaryOf, contextOf, foundOf } from '../support/found.ts';
import { keepsTheRouterLaw } from '../support/router-contract.ts';

describe('kubernetes', () => {
  keepsTheRouterLaw(kubernetes, canaryOf({ provider: 'kubernetes' }), []);

  test('says that it can do nothing, and touches nothing', () => {
    expect(kubernetes.can).toEqual({ split: false, match: false, mirror: false, affinity: false });
    expect(kubernetes.touches(contextOf(canaryOf(), foundOf([])))).toEqual([]);
  });
});
