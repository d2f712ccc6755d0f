import { killsAreSurvived } from './kills.ts';

killsAreSurvived('affinity-istio');
