import { killsAreSurvived } from './kills.ts';

killsAreSurvived('config-tracking');
