// The twelve rules of the fencing protocol, in words. Comments in src/ name them ("rule 7"); nothing here is executed.

export interface Rule {
  readonly id: number;
  readonly text: string;
}

export const RULES: readonly Rule[] = [
  {
    id: 1,
    text: 'The record (holder, epoch, stage) is the lock: it is only ever written by compare-and-set, and whoever finds another holder or epoch in it stops.',
  },
  { id: 2, text: 'A takeover reads the record, then the stamps, and claims the record with an epoch one above the highest of them all.' },
  {
    id: 3,
    text: 'After the claim every driven object gets the new stamp, which is a real change, so that no older resourceVersion is good any more; not where the last driver gave the record up, which it does only with no write in flight.',
  },
  {
    id: 4,
    text: 'The state that a takeover decides on is read only after those stamps; where none are needed, after the record that is then claimed.',
  },
  { id: 5, text: 'What is intended is saved in the record before the first write that serves it.' },
  {
    id: 6,
    text: 'A write carries the resourceVersion of a read of its object and the stamp of its epoch; it is left out only where value and stamp are already so.',
  },
  { id: 7, text: 'Order of every write, stamps included: read the object, then prove that the record is still mine, then send.' },
  { id: 8, text: 'Whoever meets a stamp newer than its own epoch stops at once.' },
  {
    id: 9,
    text: 'After a 409 the write begins again with the object, then the record, then the decision; never with a new resourceVersion alone.',
  },
  {
    id: 10,
    text: 'A write without an answer is repeated unchanged until there is one, or the epoch is given up; nothing is decided meanwhile.',
  },
  {
    id: 11,
    text: 'What a write relies on is read fresh first: the canary before its weight rises, the route before a side is scaled down. Going back moves the route first and the canary last.',
  },
  { id: 12, text: 'Only the stage "promoting" permits a new primary, and going back from there looks at the primary after the stamps.' },
];
