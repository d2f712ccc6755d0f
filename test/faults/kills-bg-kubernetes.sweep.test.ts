import { killsAreSurvived } from './kills.ts';

killsAreSurvived('bg-kubernetes');
