import { killsAreSurvived } from './kills.ts';

killsAreSurvived('delete');
