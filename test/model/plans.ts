// What a driver does in each stage of the record, as lists of operations. Data made from the protocol; driver.ts carries it out.
import type { Protocol } from './protocol.ts';
import { CANARY, DRIVEN, PRIMARY, ROUTE, type Stage, type Value } from './world.ts';

/** Another object that a write relies on, and the value that it must have. */
interface Given {
  readonly object: number;
  readonly value: Value;
}

export type Operation =
  | { readonly do: 'take' | 'read' | 'look' | 'claim' | 'go on' }
  /** `value` undefined: only the stamp. */
  | { readonly do: 'write'; readonly object: number; readonly value: Value | undefined; readonly given?: Given }
  | { readonly do: 'save'; readonly stage: Stage }
  /** A check at this weight: a metric query or a webhook, which nothing can fence. */
  | { readonly do: 'ask'; readonly weight: 25 | 50 };

export type Plans = Readonly<Record<string, readonly Operation[]>>;

export function plansOf(protocol: Protocol): Plans {
  const stamps = protocol.stamped.map((name): Operation => ({ do: 'write', object: DRIVEN[name], value: undefined }));
  const look: Operation = { do: 'look' };
  const takeover: Operation[] = protocol.stampsBeforeLook ? [...stamps, look] : [look, ...stamps];
  const routeDown: Operation = { do: 'write', object: ROUTE, value: 0 };
  const canaryDown: Operation = { do: 'write', object: CANARY, value: 0, given: { object: ROUTE, value: 0 } };
  const blindly: Operation[] = [{ do: 'write', object: CANARY, value: 0 }, routeDown];
  return {
    ...(protocol.saveFirst === 'nothing' ? forwardActingFirst() : forward(protocol)),
    takeover: [{ do: 'take' }, ...takeover, { do: 'go on' }],
    'takeover of what nobody holds': [...read(protocol, look), { do: 'claim' }, { do: 'go on' }],
    'to promoting': [save('promoting')],
    'to going back': [save('going back')],
    'going back': [...(protocol.routeBeforeCanary ? [routeDown, canaryDown] : blindly), save('failed')],
    promoted: [],
    failed: [],
  };
}

/** A claim without stamps proves only what was looked at after the record was read. */
function read({ looks }: Protocol, look: Operation): Operation[] {
  return looks === 'after the record' ? [{ do: 'read' }, look] : [look, { do: 'read' }];
}

function save(stage: Stage): Operation {
  return { do: 'save', stage };
}

function raise(weight: 25 | 50): Operation {
  return { do: 'write', object: ROUTE, value: weight, given: { object: CANARY, value: 2 } };
}

const copy: Operation = { do: 'write', object: PRIMARY, value: 'new' };
const finish: readonly Operation[] = [
  { do: 'write', object: ROUTE, value: 0 },
  { do: 'write', object: CANARY, value: 0, given: { object: ROUTE, value: 0 } },
  save('promoted'),
];

function forward(protocol: Protocol): Plans {
  const ask = (weight: 25 | 50): Operation[] => (protocol.asks === 'before the next step is saved' ? [{ do: 'ask', weight }] : []);
  return {
    start: [{ do: 'write', object: ROUTE, value: 0 }, save('w25')],
    w25: [raise(25), ...ask(25), save('w50')],
    w50: [raise(50), ...ask(50), ...(protocol.saveFirst === 'all' ? [] : [copy]), save('promoting')],
    promoting: [copy, ...finish],
  };
}

/** Rule 5 off: everything is done first and recorded afterwards. */
function forwardActingFirst(): Plans {
  return {
    start: [raise(25), { do: 'ask', weight: 25 }, save('w25')],
    w25: [raise(50), { do: 'ask', weight: 50 }, save('w50')],
    w50: [copy, save('promoting')],
    promoting: finish,
  };
}
