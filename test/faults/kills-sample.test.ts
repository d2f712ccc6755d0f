// A seeded share of the kills of every scene of weights but one; kills.test.ts has that one whole, `npm run test:sweep` all of them.
import { killsAreSurvived } from './kills.ts';

killsAreSurvived('seed0-promote', { share: 0.04, seed: 1 });
killsAreSurvived('seed0-rollback', { share: 0.04, seed: 2 });
killsAreSurvived('bg-kubernetes', { share: 0.04, seed: 3 });
killsAreSurvived('new-revision', { share: 0.04, seed: 4 });
