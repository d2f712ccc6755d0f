// What an application can do wrong, by image or by workload. Faults of networks and rivals do not belong here.

export interface Fault {
  /** Runs, but its readiness probe fails. */
  readonly notReady?: boolean;
  /** Milliseconds from creation to ready. */
  readonly readyAfter?: number;
  /** Starts, fails, and is started again. */
  readonly crashLoop?: boolean;
  /** The image cannot be pulled. */
  readonly noImage?: boolean;
  /** Share of requests answered with a 5xx: 0 to 1. */
  readonly errors?: number;
  readonly latencyMs?: number;
}

export interface Faults {
  /** Adds to what is set for this image, or this workload, already; an explicit false takes a fault away. */
  set(imageOrTarget: string, fault: Fault): void;
  clear(imageOrTarget?: string): void;
  /** What holds for pods of a workload with an image; the workload's wins, and what is set for 'image@workload' wins over both. */
  of(image: string, target: string): Fault;
  snapshot(): readonly (readonly [string, Fault])[];
  restore(snapshot: readonly (readonly [string, Fault])[]): void;
}

const UNPULLABLE = /:(bad|broken|never)/;

/** `changed` is called after every change, so that pods are looked at again. */
export function createFaults(changed: () => void): Faults {
  const faults = new Map<string, Fault>();
  return {
    set(imageOrTarget, fault) {
      faults.set(imageOrTarget, { ...faults.get(imageOrTarget), ...fault });
      changed();
    },
    clear(imageOrTarget) {
      if (imageOrTarget === undefined) faults.clear();
      else faults.delete(imageOrTarget);
      changed();
    },
    of(image, target) {
      return {
        ...(UNPULLABLE.test(image) ? { noImage: true } : {}),
        ...faults.get(image),
        ...faults.get(target),
        ...faults.get(`${image}@${target}`),
      };
    },
    snapshot: () => [...faults],
    restore(snapshot) {
      faults.clear();
      for (const [key, fault] of snapshot) faults.set(key, fault);
    },
  };
}
