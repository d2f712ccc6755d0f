// A seeded share of the kills of the scenes of weights and of the bootstrap; `npm run test:sweep` has all kills of all scenes.
import { killsAreSurvived } from './kills.ts';

killsAreSurvived('seed0-promote', { share: 0.04, seed: 1 });
killsAreSurvived('seed0-rollback', { share: 0.04, seed: 2 });
killsAreSurvived('bg-kubernetes', { share: 0.04, seed: 3 });
killsAreSurvived('new-revision', { share: 0.04, seed: 4 });
killsAreSurvived('bootstrap', { share: 0.1, seed: 15 });
