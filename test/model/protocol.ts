// Which of the rules a searched protocol keeps, and how big its world is. Data only: driver.ts and world.ts read it.

export interface Protocol {
  /** Rule 1. */
  readonly recordConditional: boolean;
  /** Rule 2. */
  readonly epochAbove: 'record and stamps' | 'record';
  /** Rule 3: the objects that a takeover stamps. */
  readonly stamped: readonly ('route' | 'canary' | 'primary')[];
  /** Rule 4. */
  readonly stampsBeforeLook: boolean;
  /** Rule 5. */
  readonly saveFirst: 'all' | 'weights only' | 'nothing';
  /** Rule 6. */
  readonly objectsConditional: boolean;
  /** Rule 6: when a write is left out. */
  readonly leaveOutAt: 'value and stamp' | 'value';
  /** Rule 7: what proves that the record is still mine. */
  readonly proof: 'read after the object' | 'save after the object' | 'only for a lower stamp' | 'none' | 'read before the object';
  /** Rule 8. */
  readonly newerStampStops: boolean;
  /** Rule 9. */
  readonly afterConflict: 'begin again' | 'new version only';
  /** Rule 10. */
  readonly unanswered: 'repeat' | 'decide on';
  /** Rule 11, first half. */
  readonly freshLook: boolean;
  /** Rule 11, second half. */
  readonly routeBeforeCanary: boolean;
  /** Rule 12. */
  readonly looksAtPrimary: boolean;
  /** A check is asked at its weight, and its answer is what the next step is saved upon. */
  readonly asks: 'before the next step is saved' | 'after the next step is saved';
  /** When a driver may give the record up: it was told to stop, or has come to its end. */
  readonly releases: 'nothing in flight' | 'at any time' | 'never';
  /** Rule 3: which records are taken without stamps. */
  readonly unstamped: 'released' | 'released or deleted' | 'none';
  /** Rule 4, where nothing is stamped: when the objects are looked at that the first decision is made on. */
  readonly looks: 'after the record' | 'before the record';
  /** Where a resumed run goes on. */
  readonly resumes: 'where the record stands' | 'one step earlier';
}

export const FULL: Protocol = {
  recordConditional: true,
  epochAbove: 'record and stamps',
  stamped: ['route', 'canary', 'primary'],
  stampsBeforeLook: true,
  saveFirst: 'all',
  objectsConditional: true,
  leaveOutAt: 'value and stamp',
  proof: 'read after the object',
  newerStampStops: true,
  afterConflict: 'begin again',
  unanswered: 'repeat',
  freshLook: true,
  routeBeforeCanary: true,
  looksAtPrimary: true,
  asks: 'before the next step is saved',
  releases: 'nothing in flight',
  unstamped: 'released',
  looks: 'after the record',
  resumes: 'where the record stands',
};

/** How much the world may do. */
export interface Bound {
  /** An outsider once lowers or removes a stamp, or deletes the record. */
  readonly lowers: boolean;
  /** An outsider once touches any object (status, scale, annotation). */
  readonly touches: boolean;
  /** 3: two that may crash or stall and the last one; 2: one of each. */
  readonly drivers: 2 | 3;
}
