import { killsAreSurvived } from './kills.ts';

killsAreSurvived('new-revision');
