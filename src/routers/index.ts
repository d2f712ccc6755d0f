// The registry of traffic routers: one line each; nothing else belongs here.
import type { TrafficRouter } from '../contracts.ts';
import { istio } from './istio.ts';
import { kubernetes } from './kubernetes.ts';

export const routers: readonly TrafficRouter[] = [istio, kubernetes];
