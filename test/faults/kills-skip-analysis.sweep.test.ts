import { killsAreSurvived } from './kills.ts';

killsAreSurvived('skip-analysis');
