import { killsAreSurvived } from './kills.ts';

killsAreSurvived('hooks-all');
