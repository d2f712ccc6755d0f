// How each recording's release ends here: the word and the exit code of its last line. Data.

export interface End {
  readonly word: string;
  readonly code: number;
  /** Whether the primary is another one than before. */
  readonly changed: boolean;
}

const promoted: End = { word: 'promoted', code: 0, changed: true };
const analysisFailed: End = { word: 'rolled-back', code: 10, changed: false };
const notReady: End = { word: 'rolled-back', code: 11, changed: false };

const otherwise: Readonly<Record<string, End>> = {
  alerts: analysisFailed,
  deadline: notReady,
  'kubernetes-rollback': analysisFailed,
  'no-values': analysisFailed,
  'primary-stalls': notReady,
  'seed0-rollback': analysisFailed,
};

export function endOf(name: string): End {
  return otherwise[name] ?? promoted;
}
