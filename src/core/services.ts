// The three Services of a canary: `<name>` (the apex), `<name>-primary` and `<name>-canary`. Of a Service that a user made only selector and
// ports change. Must never write an empty selector: such a Service serves nobody.
import { dig, listAt, numberAt, stringsAt, textAt } from '../common/dig.ts';
import { equal, isObject } from '../common/json.ts';
import { present } from '../common/look.ts';
import { handsOff, isOurs } from '../common/metadata.ts';
import { replacePatch } from '../common/replace-patch.ts';
import type { Canary, Change, Ctx, Json, JsonObject, Obj, Ref, Side, Strings } from '../contracts.ts';

export function serviceNeeds(canary: Canary): Ref[] {
  return [serviceRef(canary), serviceRef(canary, 'primary'), serviceRef(canary, 'canary')];
}

/** Without a side: the apex. */
function serviceRef(canary: Canary, side?: Side): Ref {
  return { apiVersion: 'v1', kind: 'Service', name: side ? `${canary.service.name}-${side}` : canary.service.name };
}

/** The Services of both sides. They take no traffic from the apex, so they may be made at any time. */
export function sideServices(ctx: Ctx, selectors: Readonly<Record<Side, Strings>>): Change[] {
  return [
    ...serviceChanges(ctx, serviceRef(ctx.canary, 'primary'), selectors.primary),
    ...serviceChanges(ctx, serviceRef(ctx.canary, 'canary'), selectors.canary),
  ];
}

/** The apex: this moves traffic wherever no mesh stands before it. */
export function apexService(ctx: Ctx, selector: Strings): Change[] {
  return serviceChanges(ctx, serviceRef(ctx.canary), selector);
}

/** Whose pods the apex selects, told by the Services of the sides. */
export function apexPoints(ctx: Ctx): 'primary' | 'canary' | 'elsewhere' | 'absent' {
  const apex = present(ctx, serviceRef(ctx.canary));
  if (!apex) return 'absent';
  const points = (side: Side): boolean => {
    const service = present(ctx, serviceRef(ctx.canary, side));
    return service !== undefined && equal(selectorOf(service), selectorOf(apex));
  };
  if (Object.keys(selectorOf(apex)).length === 0) return 'elsewhere';
  if (points('primary')) return 'primary';
  return points('canary') ? 'canary' : 'elsewhere';
}

function serviceChanges(ctx: Ctx, ref: Ref, selector: Strings): Change[] {
  const [label, value] = Object.entries(selector)[0] ?? [];
  if (label === undefined || value === undefined) return [];
  const existing = present(ctx, ref);
  const why = `Service ${ref.name} selects ${label}=${value}`;
  if (existing) return broughtInLine(ctx.canary, existing, { ref, selector, why });
  const { apiVersion, kind, name } = ref;
  const metadata = { name, namespace: ctx.canary.namespace, labels: { [label]: name }, annotations: { ...handsOff } };
  const spec = { type: 'ClusterIP', selector, ports: [servicePort(ctx.canary)] };
  return [{ op: 'create', object: { apiVersion, kind, metadata, spec }, why }];
}

function broughtInLine(canary: Canary, existing: Obj, to: { ref: Ref; selector: Strings; why: string }): Change[] {
  const selector = replacePatch(selectorOf(existing), to.selector);
  const wanted = portsOf(canary, existing);
  const ports = equal(dig(existing, 'spec', 'ports'), wanted) ? undefined : wanted;
  if (!selector && !ports) return [];
  const spec: JsonObject = { ...(selector ? { selector } : {}), ...(ports ? { ports } : {}) };
  return [{ op: 'merge', ref: to.ref, patch: { spec }, why: to.why }];
}

function servicePort(canary: Canary): JsonObject {
  const { port, portName, targetPort, appProtocol } = canary.service;
  return { name: portName, protocol: 'TCP', port, targetPort, ...(appProtocol === undefined ? {} : { appProtocol }) };
}

/** The canary's port in the place it had. A node port is an address that others use: it stays with its port. Other ports of a Service that a
 *  user made stay too: taking them away would cut off whoever uses them. */
function portsOf(canary: Canary, existing: Obj): Json[] {
  const wanted = servicePort(canary);
  const had = listAt(existing, 'spec', 'ports').filter(isObject);
  const same = had.find((port) => port['name'] === wanted['name']) ?? had.find((port) => port['port'] === wanted['port']);
  const nodePort = same && numberAt(same, 'nodePort');
  const kept: JsonObject = { ...wanted, ...(nodePort === undefined ? {} : { nodePort }) };
  if (isOurs(existing)) return [kept];
  const clashes = (port: JsonObject): boolean => port['name'] === wanted['name'] || (port['port'] === wanted['port'] && isTcp(port));
  const others = had.flatMap((port) => (port === same ? [{ ...userFields(port), ...kept }] : clashes(port) ? [] : [port]));
  return same ? others : [kept, ...others];
}

/** What a user set on the port besides what the canary's file says. */
function userFields(port: JsonObject): JsonObject {
  const appProtocol = textAt(port, 'appProtocol');
  return appProtocol === undefined ? {} : { appProtocol };
}

function isTcp(port: JsonObject): boolean {
  return (port['protocol'] ?? 'TCP') === 'TCP';
}

function selectorOf(service: Obj): Strings {
  return stringsAt(service, 'spec', 'selector');
}
