// A run as a block of lines: pure drawing of what the runner told, at a moment and a width. Knows no terminal and no clock.
import { cleanText } from '../common/clean.ts';
import { shownText } from '../http/redact.ts';
import type { RunView } from '../runner/view.ts';
import type { Paint } from './colour.ts';
import type { Glyphs } from './glyphs.ts';
import { metricLines } from './live-metrics.ts';
import { nameOf } from './plan.ts';
import { aligned, cut, padded, widthOf } from './table.ts';
import { age } from './time.ts';
import type { Trail } from './trail.ts';

export interface Showing {
  readonly view: RunView;
  readonly trail: Trail;
  /** The API server's clock at this moment. */
  readonly now: number;
}

export interface Drawing {
  readonly width: number;
  readonly glyphs: Glyphs;
  readonly paint: Paint;
  /** What the keyboard can do. */
  readonly hint: string;
}

/** No line is wider than `width`. */
export function blockLines(all: readonly Showing[], drawing: Drawing): string[] {
  const { width, glyphs, hint } = drawing;
  const [only] = all;
  if (!only) return [];
  const body = all.length === 1 ? oneCanary(only, drawing) : severalCanaries(all);
  const lines = [glyphs.rule.repeat(width), ...body.map((line) => ` ${line}`), ` ${hint}`];
  return lines.map((line) => coloured(cut(line.trimEnd(), width, glyphs.cut), drawing));
}

function oneCanary(showing: Showing, drawing: Drawing): string[] {
  const { view } = showing;
  return [
    headLine(showing, drawing),
    row('traffic', trafficText(view, drawing)),
    row('failed', failedText(view, drawing.glyphs) + nextText(showing)),
    ...metricLines(showing, drawing),
    row('pods', podsText(view, drawing.glyphs)),
    ...waitRows(view),
  ];
}

function row(name: string, text: string): string {
  return `${padded(name, 9)} ${text}`;
}

/** Where both times do not fit, the one to come counts. */
function headLine(showing: Showing, { width, glyphs }: Drawing): string {
  const { view, now } = showing;
  const left = toGo(showing);
  const gone = `${age(now - view.driverStart)} gone`;
  const coming = left === undefined ? [] : [`${glyphs.about} ${age(left)} to go`];
  const line = (...times: string[]): string =>
    [nameOf(view.canary), view.phase, ...stepText(view), times.join(glyphs.between)].join('  ').trimEnd();
  const whole = line(gone, ...coming);
  return widthOf(whole) < width ? whole : line(...coming);
}

function stepText({ step, steps, canary }: RunView): string[] {
  if (steps === 0) return [];
  return [`${canary.strategy.kind === 'iterations' ? 'iteration' : 'step'} ${step} of ${steps}`];
}

/** If every check from here on passes; unknown while something is waited for. */
function toGo({ view, now }: Showing): number | undefined {
  if (view.dueAt === undefined || view.gate !== undefined || view.phase !== 'Progressing') return undefined;
  return Math.max(0, view.dueAt - now) + Math.max(0, view.steps - view.step) * view.canary.interval;
}

function trafficText({ traffic }: RunView, { width, glyphs }: Drawing): string {
  switch (traffic.kind) {
    case 'match':
      return 'A/B test: matches to canary, the rest to primary';
    case 'mirror':
      return `primary 100 %${glyphs.between}${traffic.percent} % mirrored to the canary`;
    case 'split': {
      const bar = barOf(traffic.canary, Math.min(40, width - 44), glyphs);
      return `canary ${traffic.canary} % ${bar} primary ${100 - traffic.canary} %`;
    }
  }
}

export function barOf(percent: number, width: number, { full, half, empty }: Glyphs): string {
  const cells = Math.max(0, width);
  const halves = Math.round((Math.min(100, Math.max(0, percent)) / 100) * cells * 2);
  const whole = Math.floor(halves / 2);
  return `${full.repeat(whole)}${halves % 2 ? half : ''}${empty.repeat(cells - whole - (halves % 2))}`;
}

/** Dots as long as they can be counted at a glance. */
function failedText({ failedChecks, threshold }: RunView, { dot, ring }: Glyphs): string {
  const filled = Math.min(failedChecks, threshold);
  const dots = threshold <= 10 ? `${dot.repeat(filled)}${ring.repeat(threshold - filled)} ` : '';
  return `${dots}${failedChecks} of ${threshold} checks`;
}

function nextText({ view, now }: Showing): string {
  if (view.dueAt === undefined) return '';
  const left = view.dueAt - now;
  return left > 0 ? `   next check in ${age(left)}` : '   checking now';
}

function podsText({ pods }: RunView, { between }: Glyphs): string {
  return (['canary', 'primary'] as const).map((side) => `${side} ${pods[side].ready}/${pods[side].wanted} ready`).join(between);
}

function waitRows({ gate, waiting, home }: RunView): string[] {
  return [
    ...(gate === undefined ? [] : [row('gate', `"${cleanText(gate, 60)}" is closed: waiting for it to open`)]),
    ...(waiting === undefined ? [] : [row('waiting', `for the pods of the ${waiting}`)]),
    ...(home === undefined ? [] : [row('way back', shownText(home, 300))]),
  ];
}

/** One line each: who, how far, and what is waited for. */
function severalCanaries(all: readonly Showing[]): string[] {
  const rows = all.map((showing) => {
    const { view } = showing;
    const { traffic } = view;
    const share = { match: 'A/B', mirror: 'mirror', split: traffic.kind === 'split' ? `${traffic.canary} %` : '' }[traffic.kind];
    // What does not fit is lost from the right.
    return [
      nameOf(view.canary),
      view.phase,
      share,
      newsOf(showing),
      view.steps > 0 ? `${view.step}/${view.steps}` : '-',
      `failed ${view.failedChecks}/${view.threshold}`,
    ];
  });
  return aligned(rows);
}

function newsOf(showing: Showing): string {
  const { gate, waiting, home } = showing.view;
  if (home !== undefined) return `way back: ${shownText(home, 200)}`;
  if (gate !== undefined) return `gate "${cleanText(gate, 60)}" is closed`;
  return waiting === undefined ? nextText(showing).trim() : `waiting for the pods of the ${waiting}`;
}

/** Colour comes last: it has no width, and every sign says the same without it. */
function coloured(line: string, { glyphs, paint }: Drawing): string {
  if (paint.level === 0) return line;
  return line.replaceAll(`${glyphs.bad} `, `${paint.red(glyphs.bad)} `).replaceAll(`${glyphs.ok} `, `${paint.green(glyphs.ok)} `);
}
