/** What the environment says about a terminal. */
import { describe, expect, it } from 'vitest';
import { mark, shown, styleOf, wantsColours } from '../../../src/cli/terminal/style.ts';

const terminal = { isTTY: true };
const sink = { write: () => undefined };

describe('colours', () => {
  it.each([
    { title: 'a terminal', environment: {}, isTTY: true, colours: true },
    { title: 'a pipe', environment: {}, isTTY: false, colours: false },
    { title: 'NO_COLOR', environment: { NO_COLOR: '1' }, isTTY: true, colours: false },
    { title: 'an empty NO_COLOR', environment: { NO_COLOR: '' }, isTTY: true, colours: true },
    { title: 'FORCE_COLOR', environment: { FORCE_COLOR: '1' }, isTTY: false, colours: true },
    { title: 'FORCE_COLOR=0', environment: { FORCE_COLOR: '0' }, isTTY: true, colours: false },
    { title: 'both', environment: { FORCE_COLOR: '', NO_COLOR: '1' }, isTTY: false, colours: true },
    {
      title: 'ENABLE_LOG_COLORS=false',
      environment: { ENABLE_LOG_COLORS: 'False' },
      isTTY: true,
      colours: false,
    },
    { title: 'a dumb terminal', environment: { TERM: 'dumb' }, isTTY: true, colours: false },
  ])('fault O-S3-23: $title: $colours', ({ environment, isTTY, colours }) => {
    expect(wantsColours(environment, { isTTY })).toBe(colours);
    const { paint } = styleOf(environment, { ...sink, isTTY });
    expect(paint('red', 'x')).toBe(colours ? '\u001b[31mx\u001b[39m' : 'x');
  });
});

describe('characters', () => {
  it.each([
    { environment: {}, unicode: true },
    { environment: { LANG: 'C' }, unicode: false },
    { environment: { LANG: 'POSIX' }, unicode: false },
    { environment: { LANG: 'de_DE.ISO-8859-1' }, unicode: false },
    { environment: { LANG: 'en_GB.UTF-8' }, unicode: true },
    { environment: { LANG: 'C.utf8' }, unicode: true },
    { environment: { LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, unicode: false },
    { environment: { LANG: 'C', LC_CTYPE: 'en_GB.UTF-8' }, unicode: true },
  ])('of $environment are Unicode: $unicode', ({ environment, unicode }) => {
    const style = styleOf(environment, { ...sink, ...terminal });

    expect(style.unicode).toBe(unicode);
    expect(mark(style, '✗')).toBe(unicode ? '✗' : 'x');
    expect(shown(style, 'größer …')).toBe(unicode ? 'größer …' : 'gr??er ...');
  });
});

describe('columns', () => {
  it.each([
    { columns: undefined, read: 80 },
    { columns: 0, read: 80 },
    { columns: 7, read: 40 },
    { columns: 160, read: 160 },
  ])('of $columns are $read', ({ columns, read }) => {
    const given = columns === undefined ? sink : { ...sink, columns };

    expect(styleOf({}, given).columns()).toBe(read);
  });
});
