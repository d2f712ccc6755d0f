// What is searched: the full protocol, then each rule taken away once. A table; add a rule's absence here when a rule is added.
import type { Bound, Protocol } from './protocol.ts';

export interface Variant {
  readonly name: string;
  /** The rules of RULES that it takes away or weakens. */
  readonly rules: readonly number[];
  readonly change: Partial<Protocol>;
  /** 'bad': the rule is needed. 'spare': safe without it in this small world; it is kept as an early exit or for plain sense. */
  readonly expected: 'safe' | 'bad' | 'spare';
  /** Only where the search of everything would take too long, or the world must be smaller for the point to be made. */
  readonly bound?: Partial<Bound>;
  /** One of the wrongs that must be among those found. */
  readonly wrong?: string;
}

const untouched = { touches: false } as const;

export const VARIANTS: readonly Variant[] = [
  { name: 'the full protocol', rules: [], change: {}, expected: 'safe' },
  {
    name: 'the full protocol, a save of the record after the read of the object being the proof',
    rules: [],
    change: { proof: 'save after the object' },
    expected: 'safe',
  },
  { name: 'record written without compare-and-set', rules: [1], change: { recordConditional: false }, expected: 'bad' },
  { name: 'epoch above that of the record only', rules: [2], change: { epochAbove: 'record' }, expected: 'bad' },
  { name: 'no stamps at takeover', rules: [3], change: { stamped: [] }, expected: 'bad' },
  {
    name: 'stamps also where the last driver gave the record up',
    rules: [],
    change: { unstamped: 'none' },
    expected: 'safe',
    bound: untouched,
  },
  { name: 'no stamps where the record was deleted', rules: [3], change: { unstamped: 'released or deleted' }, expected: 'bad' },
  {
    name: 'nothing stamped, and the objects looked at before the record',
    rules: [4],
    change: { looks: 'before the record' },
    expected: 'spare',
    bound: untouched,
  },
  { name: 'the record given up with a write in flight', rules: [3, 10], change: { releases: 'at any time' }, expected: 'bad' },
  {
    name: 'route not stamped, and a write of the same value left out',
    rules: [3, 6],
    change: { stamped: ['canary', 'primary'], leaveOutAt: 'value' },
    expected: 'bad',
  },
  { name: 'primary not stamped', rules: [3], change: { stamped: ['route', 'canary'] }, expected: 'bad' },
  {
    name: 'route not stamped, while every write stamps',
    rules: [3],
    change: { stamped: ['canary', 'primary'] },
    expected: 'spare',
    bound: untouched,
  },
  {
    name: 'canary not stamped (here it only ever goes to 0)',
    rules: [3],
    change: { stamped: ['route', 'primary'] },
    expected: 'spare',
    bound: untouched,
  },
  { name: 'state read before the stamps', rules: [4], change: { stampsBeforeLook: false }, expected: 'bad' },
  { name: 'acting first, saving afterwards', rules: [5], change: { saveFirst: 'nothing' }, expected: 'bad', wrong: 'a weight unrecorded' },
  { name: 'objects written without resourceVersion', rules: [6], change: { objectsConditional: false }, expected: 'bad' },
  {
    name: 'a write of the same value is left out although the stamp is missing',
    rules: [6],
    change: { leaveOutAt: 'value' },
    expected: 'spare',
    bound: untouched,
  },
  {
    name: 'record read again only where a stamp is missing or lower',
    rules: [7],
    change: { proof: 'only for a lower stamp' },
    expected: 'bad',
  },
  {
    name: 'the same, were there nobody who lowers stamps or leaves them out',
    rules: [7],
    change: { proof: 'only for a lower stamp', releases: 'never' },
    expected: 'safe',
    bound: { lowers: false },
  },
  { name: 'record never read before a write', rules: [7], change: { proof: 'none' }, expected: 'bad' },
  { name: 'record read before the object', rules: [7], change: { proof: 'read before the object' }, expected: 'bad' },
  { name: 'a newer stamp does not stop', rules: [8], change: { newerStampStops: false }, expected: 'spare', bound: untouched },
  { name: 'a 409 answered with a new resourceVersion only', rules: [9], change: { afterConflict: 'new version only' }, expected: 'bad' },
  { name: 'deciding on while a write is unanswered', rules: [10], change: { unanswered: 'decide on' }, expected: 'bad' },
  { name: 'nothing that a write relies on is read fresh', rules: [11], change: { freshLook: false }, expected: 'spare', bound: untouched },
  { name: 'going back scales the canary down before the route is 0', rules: [11], change: { routeBeforeCanary: false }, expected: 'bad' },
  { name: 'going back from promoting without a look at the primary', rules: [12], change: { looksAtPrimary: false }, expected: 'bad' },
  {
    name: 'copying first, saving that afterwards',
    rules: [5],
    change: { saveFirst: 'weights only' },
    expected: 'bad',
    wrong: 'a copy unrecorded',
  },
  {
    name: 'the next step is saved without an answer',
    rules: [],
    change: { asks: 'after the next step is saved' },
    expected: 'bad',
    wrong: 'a step skipped',
  },
  {
    name: 'a resumed run begins one step earlier',
    rules: [],
    change: { resumes: 'one step earlier' },
    expected: 'bad',
    wrong: 'a question asked twice',
  },
];
