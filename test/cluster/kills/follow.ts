// Follows the API server's audit log while releases take place, so that it is read once, however many of them there are. Keeps only what is asked
// for and judges nothing.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { AuditEvent } from '../audit.ts';

export interface Following {
  /** From now on what happens in this namespace is kept. */
  keep(namespace: string): readonly AuditEvent[];
  forget(namespace: string): void;
  /** What is written by now is read. */
  read(): void;
  close(): void;
}

/** Only namespaces whose names begin with `prefix` may be kept: other lines are not even parsed. */
export function followAudit(path: string, prefix: string): Following {
  const file = openSync(path, 'r');
  const kept = new Map<string, AuditEvent[]>();
  const chunk = Buffer.alloc(4 * 1024 * 1024);
  let place = fstatSync(file).size;
  let rest = Buffer.alloc(0);
  const read = (): void => {
    for (let size = readSync(file, chunk, 0, chunk.length, place); size > 0; size = readSync(file, chunk, 0, chunk.length, place)) {
      place += size;
      const read = Buffer.concat([rest, chunk.subarray(0, size)]);
      const end = read.lastIndexOf('\n') + 1;
      for (const line of read.toString('utf8', 0, end).split('\n')) if (line.includes(prefix)) sort(line, kept);
      rest = Buffer.from(read.subarray(end));
    }
  };
  const timer = setInterval(read, 200);
  return {
    keep(namespace) {
      const events: AuditEvent[] = [];
      kept.set(namespace, events);
      return events;
    },
    forget: (namespace) => void kept.delete(namespace),
    read,
    close() {
      clearInterval(timer);
      closeSync(file);
    },
  };
}

function sort(line: string, kept: ReadonlyMap<string, AuditEvent[]>): void {
  const event = JSON.parse(line) as AuditEvent;
  const [, ofDriver] = /^system:serviceaccount:([^:]+):/.exec(event.user.username) ?? [];
  kept.get(event.objectRef?.namespace ?? ofDriver ?? '')?.push(event);
}
