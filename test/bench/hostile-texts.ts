/** Shapes of hostile texts, of any length. */

/** Gives a text of about `length` characters, never a longer one. */
export type Shape = (length: number) => string;

/** `head`, as many of `unit` as fit, `tail`. */
export function runOf(unit: string, head = '', tail = ''): Shape {
  return (length) => {
    const count = Math.max(0, Math.floor((length - head.length - tail.length) / unit.length));
    return head + unit.repeat(count) + tail;
  };
}

/** `head`, then units that all differ, `tail`. */
export function countOf(unit: (index: number) => string, head = '', tail = ''): Shape {
  return (length) => {
    const parts = [head];
    let room = length - head.length - tail.length;
    for (let index = 0; ; index += 1) {
      const part = unit(index);
      if (part.length > room) break;
      parts.push(part);
      room -= part.length;
    }
    return parts.join('') + tail;
  };
}

/** As many of `open` as of `close`, around nothing. */
export function nestOf(open: string, close: string, head = ''): Shape {
  return (length) => {
    const depth = Math.floor((length - head.length) / (open.length + close.length));
    return head + open.repeat(depth) + close.repeat(depth);
  };
}

/** Characters of an alphabet in an order that repeats late. */
export function noiseOf(alphabet: string): Shape {
  return (length) => {
    let state = 1;
    let text = '';
    for (let index = 0; index < length; index += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      text += alphabet[(state >>> 16) % alphabet.length];
    }
    return text;
  };
}

export type Shapes = Readonly<Record<string, Shape>>;

const units = ['a', '1', '0', 'A', '-', '.', '/', ':', '=', '@', '#', '%', '~', '!', '<', '>', '^', '|', '&'];
const marks = ['*', '?', '+', '$', ',', ' ', '\n', '\r\n', '\t', '"', "'", '\\', '(', '[', '{', '{{', '[!'];
const pairs = [
  'a,',
  'a=',
  'a:',
  'a.',
  'a/',
  'a-',
  'a ',
  '1.',
  '/.',
  '..',
  'a\n',
  '.lock',
  '()',
  '[a',
  'a*',
  '\0',
];
const wide = ['\u00e9', '\u{1f600}', '\ud800', '\ufeff', '\u2028', '\u0130'];

/** For every parser; each also with a last character that its text does not go on with. */
export const anyShapes: Shapes = Object.fromEntries([
  ...[...units, ...marks, ...pairs, ...wide].flatMap((unit) => [
    [`${JSON.stringify(unit)} × n`, runOf(unit)] as const,
    [`${JSON.stringify(unit)} × n, "a!"`, runOf(unit, 'a', '!')] as const,
  ]),
  ['letters and marks', noiseOf('ab01.-/:=,*[]{}()"\' \n\\')],
  ['distinct names', countOf((index) => `n${index},`)],
]);

/** For what is parsed as YAML. */
export const yamlShapes: Shapes = {
  'distinct keys': countOf((index) => `k${index}: v\n`),
  'equal keys': runOf('k: v\n'),
  'one key, long text': runOf('v', 'k: '),
  'quoted text': runOf('\\n', 'k: "', '"\n'),
  'open quote': runOf('v ', 'k: "'),
  'block text': runOf('  v\n', 'k: |\n'),
  items: runOf('- a\n'),
  'items of maps': countOf((index) => `- name: n${index}\n  value: v\n`),
  comments: runOf('# c\n', '', 'k: v\n'),
  'blank lines': runOf('\n', 'k: v\n', 'l: v\n'),
  documents: runOf('---\nk: v\n'),
  anchors: countOf((index) => `k${index}: &a${index} v\n`),
  aliases: runOf('- *a\n', '- &a v\n'),
  'aliases of aliased lists': countOf(
    (index) => `k${index + 1}: &a${index + 1} [*a${index}, *a${index}]\n`,
    'k0: &a0 [v]\n',
  ),
  merges: countOf((index) => `k${index + 1}: &a${index + 1}\n  <<: *a${index}\n`, 'k0: &a0 {tag: v}\n'),
  'merge of many': runOf('*a, ', 'base: &a {x: v}\nimage:\n  <<: [', '*a]\n'),
  'many merge keys': runOf('  <<: *a\n', 'base: &a {x: v}\nimage:\n'),
  'flow list': runOf('a, ', '[', ']\n'),
  'flow map': countOf((index) => `k${index}: v, `, '{', '}\n'),
  'open flow lists': runOf('['),
  'open flow maps': runOf('{'),
  'closed flow lists': nestOf('[', ']'),
  'nested keys': (length) =>
    Array.from({ length: Math.floor(Math.sqrt(length)) }, (_, i) => `${' '.repeat(i)}k:\n`)
      .join('')
      .slice(0, length),
  'items in items': runOf('- '),
  'explicit keys': runOf('? k\n: v\n'),
  tags: runOf('- !!str v\n'),
  spaces: runOf(' ', 'k:', 'v\n'),
  tabs: runOf('\t', 'k:', 'v\n'),
  dashes: runOf('-'),
  'CRLF lines': countOf((index) => `k${index}: v\r\n`),
};
