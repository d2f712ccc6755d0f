// The registry of traffic routers: one line each; nothing else belongs here.
import type { TrafficRouter } from '../contracts.ts';
import { gatewayV1, gatewayV1beta1 } from './gatewayapi.ts';
import { istio } from './istio.ts';
import { kubernetes } from './kubernetes.ts';
import { linkerd, osm, smiV1alpha1, smiV1alpha2, smiV1alpha3 } from './smi.ts';
import { traefik } from './traefik.ts';

export const routers: readonly TrafficRouter[] = [
  gatewayV1,
  gatewayV1beta1,
  istio,
  kubernetes,
  linkerd,
  osm,
  smiV1alpha1,
  smiV1alpha2,
  smiV1alpha3,
  traefik,
];
