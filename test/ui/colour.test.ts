// One decision about colour: flag, NO_COLOR, FORCE_COLOR or CLICOLOR_FORCE, then a terminal that is not dumb.
import { expect, test } from '@jest/globals';
import { hasColour, paintOf } from '../../src/ui/colour.ts';

test.each([
  [true, {}, false, true],
  [false, {}, false, false],
  [true, { TERM: 'dumb' }, false, false],
  [true, { NO_COLOR: '1' }, false, false],
  [true, { NO_COLOR: '' }, false, true],
  [true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false, false],
  [false, { FORCE_COLOR: '1' }, false, true],
  [false, { FORCE_COLOR: '3', TERM: 'dumb' }, false, true],
  [false, { CLICOLOR_FORCE: '1' }, false, true],
  [false, { CLICOLOR_FORCE: '0' }, false, false],
  [true, { FORCE_COLOR: '0' }, false, false],
  [true, { FORCE_COLOR: '' }, false, true],
  [true, { FORCE_COLOR: '1' }, true, false],
])('terminal %p, environment %j, --no-color %p: colour %p', (isTTY, env, flag, expected) => {
  expect(hasColour({ isTTY }, env, flag)).toBe(expected);
});

test('without colour the paint adds nothing', () => {
  expect(paintOf({ isTTY: false }, {}, false).red('x')).toBe('x');
  expect(paintOf({ isTTY: true }, {}, false).red('x')).toBe('\u001b[31mx\u001b[39m');
});
