// The world's own timers as plain data: which thing is to be looked at, and when. It must not hold functions, so that it can be saved.

export interface AgendaEntry {
  readonly at: number;
  readonly order: number;
  readonly key: string;
}

export interface AgendaSnapshot {
  readonly order: number;
  readonly entries: readonly AgendaEntry[];
}

export interface Agenda {
  /** Looks at `key` then, or earlier if it already stands there. */
  add(key: string, at: number): void;
  next(): number | undefined;
  /** Takes out what is due, in order. */
  due(now: number): string[];
  snapshot(): AgendaSnapshot;
  restore(snapshot: AgendaSnapshot): void;
}

export function createAgenda(): Agenda {
  const entries = new Map<string, AgendaEntry>();
  let order = 0;
  return {
    add(key, at) {
      const standing = entries.get(key);
      if (standing === undefined || standing.at > at) entries.set(key, { at, order: order++, key });
    },
    next() {
      let first: number | undefined;
      for (const { at } of entries.values()) if (first === undefined || at < first) first = at;
      return first;
    },
    due(now) {
      const due = [...entries.values()].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || a.order - b.order);
      for (const { key } of due) entries.delete(key);
      return due.map(({ key }) => key);
    },
    snapshot: () => ({ order, entries: [...entries.values()] }),
    restore(snapshot) {
      order = snapshot.order;
      entries.clear();
      for (const entry of snapshot.entries) entries.set(entry.key, entry);
    },
  };
}
