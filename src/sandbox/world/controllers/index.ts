// The controllers of the sandbox's cluster, in the order in which they hear of a change.
import type { Controller } from './controller.ts';
import { autoscaler } from './autoscaler.ts';
import { deployment } from './deployment.ts';
import { endpoints } from './endpoints.ts';
import { gateway } from './gateway.ts';
import { garbage } from './garbage.ts';
import { namespace } from './namespace.ts';
import { pod } from './pod.ts';
import { replicaSet } from './replica-set.ts';

export const CONTROLLERS: readonly Controller[] = [namespace, deployment, replicaSet, pod, endpoints, autoscaler, gateway, garbage];
