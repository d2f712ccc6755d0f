import { killsAreSurvived } from './kills.ts';

killsAreSurvived('ab-istio');
