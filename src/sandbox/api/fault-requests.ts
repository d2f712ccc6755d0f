// Not Kubernetes': the door for `canary sandbox fault`, by which it also knows a sandbox from a cluster. It must not know what a fault does.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../contracts.ts';
import type { Fault } from '../world/faults.ts';
import type { SandboxWorld } from '../world/types.ts';
import { parseJson } from './body.ts';
import type { ApiRequest } from './route.ts';
import { badRequest, methodNotAllowed } from './status.ts';

const faultsPath = '/canary.run/v1/faults';

const checks: Record<keyof Fault, (value: Json) => boolean> = {
  notReady: isFlag,
  readyAfter: isTime,
  crashLoop: isFlag,
  noImage: isFlag,
  errors: (value) => isTime(value) && Number(value) <= 1,
  latencyMs: isTime,
};

/** GET tells all, POST {target, …} adds to what is set for the target, DELETE ?target= (or all) takes away. Each answers with what is set now. */
export function answerFaults(world: SandboxWorld, request: ApiRequest): object | undefined {
  if (request.path !== faultsPath) return undefined;
  if (request.method === 'POST') {
    const { target, fault } = faultIn(parseJson(request.body));
    world.faults.set(target, fault);
  } else if (request.method === 'DELETE') {
    world.faults.clear(request.query.get('target') ?? undefined);
  } else if (request.method !== 'GET') throw methodNotAllowed();
  const items = world.faults.snapshot().map(([target, fault]) => ({ target, ...fault }));
  return { kind: 'SandboxFaultList', apiVersion: 'canary.run/v1', items };
}

function faultIn(body: Json): { target: string; fault: Fault } {
  if (!isObject(body) || typeof body['target'] !== 'string' || body['target'] === '') throw badRequest('a fault needs a target');
  const { target, ...fields } = body;
  for (const [name, value] of Object.entries(fields)) {
    if (!isFault(name) || !checks[name](value)) throw badRequest(`no fault of the sandbox: ${name}: ${JSON.stringify(value)}`);
  }
  return { target: String(target), fault: fields as JsonObject & Fault };
}

function isFault(name: string): name is keyof Fault {
  return Object.hasOwn(checks, name);
}

function isFlag(value: Json): boolean {
  return typeof value === 'boolean';
}

function isTime(value: Json): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
