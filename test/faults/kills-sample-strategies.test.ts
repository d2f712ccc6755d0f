// A seeded share of the kills of every scene of a strategy, of messages, tracked config and `canary delete`; `npm run test:sweep` has all of them.
import { killsAreSurvived } from './kills.ts';

killsAreSurvived('hooks-all', { share: 0.04, seed: 5 });
killsAreSurvived('seed4-mirror', { share: 0.04, seed: 6 });
killsAreSurvived('ab-istio', { share: 0.04, seed: 7 });
killsAreSurvived('affinity-istio', { share: 0.04, seed: 8 });
killsAreSurvived('config-tracking', { share: 0.04, seed: 9 });
killsAreSurvived('skip-analysis', { share: 0.1, seed: 10 });
killsAreSurvived('alerts', { share: 0.04, seed: 11 });
killsAreSurvived('delete', { share: 0.04, seed: 12 });
killsAreSurvived('gatewayapi-mirror', { share: 0.04, seed: 13 });
killsAreSurvived('traefik', { share: 0.04, seed: 14 });
