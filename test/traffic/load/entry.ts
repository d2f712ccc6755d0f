// One line of what the load client writes, and the reading of such lines. Pure; it judges nothing.

/** Sent, and answered or not. Times are milliseconds; `at` and `due` since the epoch. */
export interface Entry {
  /** When it was sent, and when the even stream wanted it sent. */
  readonly at: number;
  readonly due: number;
  /** Until the answer's last byte, or until it failed. */
  readonly took: number;
  readonly status?: number;
  /** The version that answered. */
  readonly by?: string;
  readonly pod?: string;
  /** Only where a header of the answer says so. */
  readonly side?: string;
  /** Why there is no whole answer: a code of Node's, TIMEOUT or CUT. */
  readonly error?: string;
  /** An error that the application itself answered, not the proxy. */
  readonly own?: true;
  /** How the body of any other error begins. */
  readonly said?: string;
}

/** The last line of a client that was asked to stop. */
export interface Ending {
  readonly end: true;
  readonly sent: number;
}

export interface Written {
  /** In the order in which they were sent. */
  readonly entries: readonly Entry[];
  /** Requests sent, as the client counted them; undefined where it did not end in peace. */
  readonly sent: number | undefined;
}

/** A client that was killed may leave half a line at the end; half a line anywhere else is an error. */
export function readWritten(text: string): Written {
  const lines = text.split('\n');
  const whole = lines.slice(0, -1).map((line) => JSON.parse(line) as Entry | Ending);
  const entries = whole.filter((line): line is Entry => !('end' in line));
  const ending = whole.find((line): line is Ending => 'end' in line);
  return { entries: entries.toSorted((a, b) => a.at - b.at), sent: ending?.sent };
}
