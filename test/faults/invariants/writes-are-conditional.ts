// I12: every request that changes something names what it was decided on, whether it was accepted or not.
import { at, isDriver, isMutating, list, objectOf } from '../facts.ts';
import type { Entry } from '../log.ts';
import type { Invariant } from '../setup.ts';

export const writesAreConditional: Invariant = ({ log }) =>
  log.entries
    .filter((entry) => isDriver(entry.actor) && isMutating(entry) && !isConditional(entry))
    .map((entry) => ({ invariant: 'I12', seq: entry.seq, why: `unconditional ${entry.verb} of ${objectOf(entry)}` }));

function isConditional({ verb, path, body, rvSent }: Entry): boolean {
  switch (verb) {
    case 'POST': // a create: its name must be fixed, so that a second one is refused (Events are only told)
      return typeof at(body, 'metadata', 'name') === 'string' || /\/events$/.test(path);
    case 'PATCH':
      return rvSent !== undefined || list(body).some((operation) => at(operation, 'op') === 'test');
    case 'PUT':
      return rvSent !== undefined;
    case 'DELETE':
      return typeof at(body, 'preconditions', 'uid') === 'string';
    case 'GET':
      return true;
  }
}
