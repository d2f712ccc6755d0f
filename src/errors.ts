// Every way to stop that is not the result of a release. Rollback is a result, not an error. Only cli/main.ts prints these.

export class CanaryError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
    /** The one thing to do next, where there is one. */
    readonly hint?: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Wrong flags or arguments. */
export class UsageError extends CanaryError {
  constructor(message: string, hint?: string) {
    super(2, message, hint);
  }
}

/** The file is not valid; `problems` are all of them, each with its place. */
export class SpecError extends CanaryError {
  constructor(readonly problems: readonly string[]) {
    super(3, problems.join('\n'));
  }
}

/** Not signed in, or not allowed. */
export class ForbiddenError extends CanaryError {
  constructor(message: string, hint?: string) {
    super(4, message, hint);
  }
}

/** Cluster or metrics server not reachable before anything was changed. */
export class UnreachableError extends CanaryError {
  constructor(message: string, hint?: string) {
    super(5, message, hint);
  }
}

/** The cluster is not ready for this canary. */
export class PreflightError extends CanaryError {
  constructor(message: string, hint?: string) {
    super(6, message, hint);
  }
}

/** Driven by another run, or by a live Flagger. */
export class OwnedError extends CanaryError {
  constructor(message: string, hint?: string) {
    super(7, message, hint);
  }
}
