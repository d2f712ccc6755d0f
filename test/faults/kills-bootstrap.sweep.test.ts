import { killsAreSurvived } from './kills.ts';

killsAreSurvived('bootstrap');
