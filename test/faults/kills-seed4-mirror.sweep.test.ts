import { killsAreSurvived } from './kills.ts';

killsAreSurvived('seed4-mirror');
