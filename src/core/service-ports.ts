// The ports of the canary's Services: the canary's own, then those that were discovered. Of a Service that a user made no port is taken away.
import { listAt, numberAt, textAt } from '../common/dig.ts';
import { isObject } from '../common/json.ts';
import type { Canary, JsonObject, Obj } from '../contracts.ts';

export function servicePort(canary: Canary): JsonObject {
  const { port, portName, targetPort, appProtocol } = canary.service;
  return { name: portName, protocol: 'TCP', port, targetPort, ...(appProtocol === undefined ? {} : { appProtocol }) };
}

/** Of a Service that we made. */
export function ownPorts(canary: Canary, existing: Obj, discovered: readonly JsonObject[]): JsonObject[] {
  const had = portsOf(existing);
  return [servicePort(canary), ...discovered].map((port) => withNodePort(port, likeIt(had, port)));
}

/** The canary's port in the place it had. Other ports of a Service that a user made stay too: taking them away would cut off whoever uses them. */
export function usersPorts(canary: Canary, existing: Obj, discovered: readonly JsonObject[]): JsonObject[] {
  const wanted = servicePort(canary);
  const had = portsOf(existing);
  const same = likeIt(had, wanted);
  const kept = withNodePort(wanted, same);
  const others = had.flatMap((port) => (port === same ? [{ ...userFields(port), ...kept }] : clash(port, wanted) ? [] : [port]));
  const ports = same ? others : [kept, ...others];
  return [...ports, ...discovered.filter((port) => !ports.some((other) => clash(other, port)))];
}

function portsOf(service: Obj): JsonObject[] {
  return listAt(service, 'spec', 'ports').filter(isObject);
}

function likeIt(had: readonly JsonObject[], wanted: JsonObject): JsonObject | undefined {
  return had.find((port) => port['name'] === wanted['name']) ?? had.find((port) => port['port'] === wanted['port']);
}

/** A node port is an address that others use: it stays with its port. */
function withNodePort(port: JsonObject, had: JsonObject | undefined): JsonObject {
  const nodePort = numberAt(had, 'nodePort');
  return nodePort === undefined ? port : { ...port, nodePort };
}

function clash(port: JsonObject, other: JsonObject): boolean {
  return port['name'] === other['name'] || (port['port'] === other['port'] && protocolOf(port) === protocolOf(other));
}

/** What a user set on the port besides what the canary's file says. */
function userFields(port: JsonObject): JsonObject {
  const appProtocol = textAt(port, 'appProtocol');
  return appProtocol === undefined ? {} : { appProtocol };
}

function protocolOf(port: JsonObject): string {
  return textAt(port, 'protocol') ?? 'TCP';
}
