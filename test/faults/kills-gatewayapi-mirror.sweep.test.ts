import { killsAreSurvived } from './kills.ts';

killsAreSurvived('gatewayapi-mirror');
