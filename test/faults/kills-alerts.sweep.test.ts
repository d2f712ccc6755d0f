import { killsAreSurvived } from './kills.ts';

killsAreSurvived('alerts');
