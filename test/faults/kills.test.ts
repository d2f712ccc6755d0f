// One whole kill sweep, and a seeded tenth of the others; `npm run test:sweep` has all of them.
import { killsAreSurvived } from './kills.ts';

killsAreSurvived('bootstrap');
killsAreSurvived('seed0-promote', { share: 0.1, seed: 1 });
killsAreSurvived('seed0-rollback', { share: 0.1, seed: 2 });
killsAreSurvived('bg-kubernetes', { share: 0.1, seed: 3 });
killsAreSurvived('new-revision', { share: 0.1, seed: 4 });
