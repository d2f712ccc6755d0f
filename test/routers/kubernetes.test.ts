// Blue/green without a mesh: nothing to route, nothing to claim.
import { describe, expect, test } from '@jest/globals';
import { kubernetes } from '../../src/routers/kubernetes.ts';
import { canaryOf } from '../support/found.ts';
import { keepsTheRouterLaw } from '../support/router-contract.ts';

describe('kubernetes', () => {
  keepsTheRouterLaw(kubernetes, canaryOf({ provider: 'kubernetes' }), []);

  test('says that it cannot split, and touches nothing', () => {
    expect(kubernetes.can.split).toBe(false);
    expect(kubernetes.touches).toEqual([]);
  });
});
