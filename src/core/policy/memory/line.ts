/** One line of what policies remember: `seen ghcr.io/acme/web 2.1.5 sha256:5c… 1764370800` (spec/policies.md 1.7). */

/** Which of two lines of one identity is kept where memories meet; equal instants: the later text. */
type Keeps = 'earliest' | 'latest' | 'fewest-tokens';

interface Grammar {
  /** What the line is looked up by, all of it. */
  readonly subject: readonly string[];
  /** With the subject: what there is one line of. */
  readonly identity: readonly string[];
  readonly rest: readonly string[];
  readonly keeps: Keeps;
}

/** Each line ends with its instant. */
const grammars = {
  /** First sight of what a tag names; digest `-`: of the tag alone. */
  seen: { subject: ['repository', 'tag'], identity: ['digest'], rest: [], keeps: 'earliest' },
  /** Since when an Application has been seen healthy with a version. */
  soak: { subject: ['app', 'repository'], identity: ['version'], rest: [], keeps: 'latest' },
  /** When a version was last proven at an Application. */
  proven: { subject: ['app', 'repository'], identity: ['version'], rest: [], keeps: 'latest' },
  /** A version that made an Application unhealthy, and the commit that brought it. */
  bad: { subject: ['repository'], identity: ['version', 'app', 'commit'], rest: [], keeps: 'earliest' },
  /** A write whose Application is watched, and for how many seconds after its sync. */
  watch: {
    subject: ['app'],
    identity: ['repository', 'version'],
    rest: ['commit', 'seconds'],
    keeps: 'latest',
  },
  /** What was written last at a key. */
  wrote: { subject: ['key'], identity: [], rest: ['version', 'commit'], keeps: 'latest' },
  /** Tokens left in a bucket at an instant. */
  spent: { subject: ['bucket'], identity: [], rest: ['tokens'], keeps: 'fewest-tokens' },
} as const satisfies Readonly<Record<string, Grammar>>;

export type Word = keyof typeof grammars;

type Field<W extends Word> = (typeof grammars)[W]['subject' | 'identity' | 'rest'][number];

/** Texts as they stand in the line, without white space; `atMs` in whole seconds. */
export type LineOf<W extends Word> = W extends Word
  ? { readonly word: W; readonly atMs: number } & Readonly<Record<Field<W>, string>>
  : never;

export type MemoryLine = LineOf<Word>;

const maxFieldLength = 512;
const maxSeconds = 253_402_300_799; // the end of the year 9999
const fieldPattern = /^[\x21-\x7e]+$/;
const tokensPattern = /^\d{1,6}(\.\d{1,3})?$/;

/** undefined: no line of ours. `unknown-word`: of a version of this program that knows more. */
export function parseLine(text: string): MemoryLine | 'unknown-word' | undefined {
  const [word = '', ...texts] = text.split(' ');
  const seconds = Number(texts.at(-1));
  if (!isWord(word)) return /^[a-z][a-z-]*$/.test(word) ? 'unknown-word' : undefined;
  const names = namesOf(word);
  if (texts.length !== names.length + 1 || !/^\d{1,12}$/.test(texts.at(-1) ?? '')) return undefined;
  const fields = Object.fromEntries(names.map((name, index) => [name, texts[index]]));
  const line = { word, ...fields, atMs: seconds * 1000 } as unknown as MemoryLine;
  return isPrintable(line) ? line : undefined;
}

/** Without line break. */
export function printLine(line: MemoryLine): string {
  const fields = valuesOf(line, namesOf(line.word));
  return [line.word, ...fields, Math.floor(line.atMs / 1000)].join(' ');
}

/** False where a text of the outside world would not be read again as it is: it cannot be remembered. */
export function isPrintable(line: MemoryLine): boolean {
  const fields = valuesOf(line, namesOf(line.word));
  const seconds = line.atMs / 1000;
  return (
    fields.every((field) => field.length <= maxFieldLength && fieldPattern.test(field)) &&
    (line.word !== 'spent' || tokensPattern.test(line.tokens)) &&
    seconds >= 0 &&
    seconds <= maxSeconds
  );
}

/** `seen ghcr.io/acme/web 2.1.5`: the key that lines of one subject share. */
export function subjectKey<W extends Word>(word: W, subject: readonly string[]): string {
  return [word, ...subject].join(' ');
}

export function subjectOf(line: MemoryLine): string {
  return subjectKey(line.word, valuesOf(line, grammars[line.word].subject));
}

/** Within the lines of its subject. */
export function identityOf(line: MemoryLine): string {
  return valuesOf(line, grammars[line.word].identity).join(' ');
}

/** The one that is kept of two lines of one identity, whichever comes first. */
export function keptOf(a: MemoryLine, b: MemoryLine): MemoryLine {
  return rankOf(a, b) <= 0 ? a : b;
}

/** Negative: `a` is kept. */
function rankOf(a: MemoryLine, b: MemoryLine): number {
  const keeps: Keeps = grammars[a.word].keeps;
  if (keeps === 'earliest') return a.atMs - b.atMs;
  const byTokens = a.word === 'spent' && b.word === 'spent' ? Number(a.tokens) - Number(b.tokens) : 0;
  return byTokens || b.atMs - a.atMs || (printLine(a) < printLine(b) ? 1 : -1);
}

function namesOf(word: Word): readonly string[] {
  const { subject, identity, rest } = grammars[word];
  return [...subject, ...identity, ...rest];
}

function valuesOf(line: MemoryLine, names: readonly string[]): readonly string[] {
  const values = line as unknown as Readonly<Record<string, string>>;
  return names.map((name) => values[name] ?? '');
}

function isWord(text: string): text is Word {
  return Object.hasOwn(grammars, text);
}
