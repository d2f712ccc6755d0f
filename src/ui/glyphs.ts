// The signs that screens are drawn with, and their plain stand-ins for terminals that know no UTF-8. Never a meaning by colour alone: each differs.
import type { Env } from './colour.ts';

export interface Glyphs {
  readonly ok: string;
  readonly bad: string;
  readonly rule: string;
  readonly full: string;
  readonly half: string;
  readonly empty: string;
  readonly dot: string;
  readonly ring: string;
  readonly between: string;
  /** What stands for the rest of a line that was cut. */
  readonly cut: string;
  readonly about: string;
  readonly least: string;
  readonly most: string;
  /** From the lowest to the highest value. */
  readonly levels: readonly string[];
  readonly unknown: string;
  readonly branch: string;
  readonly corner: string;
  readonly trunk: string;
}

const pretty: Glyphs = {
  ok: '✔',
  bad: '✖',
  rule: '─',
  full: '█',
  half: '▌',
  empty: '░',
  dot: '●',
  ring: '○',
  between: ' · ',
  cut: '…',
  about: '≈',
  least: '≥',
  most: '≤',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  unknown: '·',
  branch: '├─ ',
  corner: '└─ ',
  trunk: '│  ',
};

const plain: Glyphs = {
  ok: 'ok',
  bad: 'x',
  rule: '-',
  full: '#',
  half: '#',
  empty: '.',
  dot: '*',
  ring: 'o',
  between: ', ',
  cut: '~',
  about: '~',
  least: '>=',
  most: '<=',
  levels: ['_', '.', '-', '=', '+', '*', '#', '@'],
  unknown: ' ',
  branch: '|- ',
  corner: '`- ',
  trunk: '|  ',
};

/** The locale says whether the terminal reads UTF-8: the most special of three variables that is set counts, as in every C program. */
export function glyphsFor(env: Env, ascii: boolean): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return !ascii && /utf-?8/i.test(locale) ? pretty : plain;
}
