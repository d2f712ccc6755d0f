import { killsAreSurvived } from './kills.ts';

killsAreSurvived('traefik');
