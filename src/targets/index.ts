// The registries of this room. One line per target kind and per scaler; nothing else belongs here.
import type { Scaler, Target } from '../contracts.ts';
import { deployment } from './deployment.ts';
import { hpa } from './hpa.ts';

export const targets: readonly Target[] = [deployment];

export const scalers: readonly Scaler[] = [hpa];
