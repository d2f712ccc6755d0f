// One whole kill sweep; kills-sample.test.ts has a seeded share of the others, `npm run test:sweep` all of them.
import { killsAreSurvived } from './kills.ts';

killsAreSurvived('bootstrap');
