// The figures as tables: plain ones for the terminal, and Markdown for docs/traffic.md with Flagger's own figures beside ours. No path goes into either,
// and no date but the one that is handed in.
import { tables } from '../cluster/tables.ts';
import { isTooFew } from './load/ledger.ts';
import { shown, type Figure, type Goal, type StepShare } from './figures.ts';

/** Scenarios that were played to the real Flagger as well; a figure of this name gets Flagger's row beneath it. */
export const comparable = { promotion: 'promotion in two steps', badRelease: 'a third of the answers are errors' } as const;

type Row = Readonly<Record<string, string | number>>;
type Beside = Pick<Figure, 'sent' | 'lost' | 'ownErrors' | 'shares' | 'seconds'>;

/**
 * Flagger 1.44 on the same data plane: gatewayapi:v1, interval 10 s, steps of 25 and 50, threshold 3, 100 requests a second. What was not measured is left out; its steps had about 1000 requests each. The
 * promotion's requests include the bootstrap before it; the rollback is timed from the first traffic.
 */
const flagger: Readonly<Record<string, Partial<Beside>>> = {
  [comparable.promotion]: {
    sent: 12_499,
    lost: 0,
    shares: [
      { weight: 25, measured: 25, requests: 1000 },
      { weight: 50, measured: 50, requests: 1000 },
    ],
    seconds: { promotion: 52 },
  },
  [comparable.badRelease]: { ownErrors: 320, seconds: { rollback: 40 } },
};

/** For the end of the ring. */
export function plainTables(figures: readonly Figure[]): string {
  const rows = figures.flatMap(withFlagger).map((row) => ({ table: 'Real traffic', row }));
  const goals = figures.flatMap((figure) => figure.goals.map((goal) => ({ table: 'Goals', row: goalRow(figure, goal) })));
  return tables([...rows, ...goals]);
}

/** Both tables, for the page. `when`: a date or version, as the caller likes to have it said. */
export function markdownTables(figures: readonly Figure[], when?: string): string {
  const goals = figures.flatMap((figure) => figure.goals.map((goal) => goalRow(figure, goal)));
  const parts = [...(when === undefined ? [] : [`Measured ${when}.`]), markdownTable(figures.flatMap(withFlagger)), markdownTable(goals)];
  return parts.filter(Boolean).join('\n\n');
}

/** The page with what stands between its two marks replaced. */
export function withTables(page: string, part: string): string {
  const [begin, end] = ['<!-- traffic:begin -->', '<!-- traffic:end -->'];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no marks ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`;
}

function withFlagger(figure: Figure): Row[] {
  const theirs = flagger[figure.scenario];
  const ours = { ...rowOf(figure.scenario, figure), 'goals met': goalsMet(figure.goals) };
  return theirs ? [ours, { ...rowOf('… with Flagger 1.44', theirs), 'goals met': '' }] : [ours];
}

function rowOf(scenario: string, { sent, lost, ownErrors, shares = [], seconds = {} }: Partial<Beside>): Row {
  const others = Object.entries(seconds).filter(([what]) => what !== 'rollback' && what !== 'promotion');
  return {
    scenario,
    ...(sent === undefined ? {} : { requests: sent }),
    ...(lost === undefined ? {} : { lost }),
    ...(ownErrors === undefined ? {} : { 'own errors': ownErrors }),
    'share of each step, wanted: measured': shares.map(shareText).join(', '),
    'bad answer to rollback': secondsText(seconds['rollback']),
    'traffic to promoted': secondsText(seconds['promotion']),
    'other times': others.map(([what, value]) => `${what} ${secondsText(value)}`).join(', '),
  };
}

function shareText({ weight, measured, requests }: StepShare): string {
  return `${shown(weight)}: ${isTooFew(requests) ? 'too short to say' : `${measured.toFixed(1)} %`}`;
}

function secondsText(value: number | undefined): string {
  return value === undefined ? '' : `${shown(value)} s`;
}

function goalsMet(goals: readonly Goal[]): string {
  return goals.length ? `${goals.filter(({ met }) => met).length} of ${goals.length}` : '';
}

function goalRow({ scenario }: Figure, { what, wanted, measured, met }: Goal): Row {
  return { scenario, goal: what, wanted, measured, met: met ? 'yes' : 'NO' };
}

function markdownTable(rows: readonly Row[]): string {
  const head = Object.keys(rows[0] ?? {});
  if (!head.length) return '';
  const isNumber = (name: string): boolean => rows.every((row) => row[name] === undefined || typeof row[name] === 'number');
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((name) => (isNumber(name) ? '---:' : '---'))),
    ...rows.map((row) => line(head.map((name) => cellText(row[name] ?? '')))),
  ].join('\n');
}

/** A bar would end the cell, an angle bracket be taken for a tag. */
function cellText(value: string | number): string {
  const text = typeof value === 'number' ? value.toLocaleString('en-US') : value;
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
