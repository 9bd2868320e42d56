/** Strategies that order tags by a text in them: numeric by its value, alphabetical as it stands. */
import { configFailure, fail, type Outcome, succeed } from '../base/outcome.ts';
import { optionalProperty } from '../base/optional-property.ts';
import { inPieces } from '../base/pieces.ts';
import { quoted } from '../base/quoted.ts';
import { textOrderDoubt } from './doubt.ts';
import { numberReader, type Reader, type Spelling, spellingReader, type TagReading } from './reading.ts';
import {
  type Candidate,
  compareTags,
  LeftOutTags,
  type Running,
  type Selection,
  tagsOf,
} from './selection.ts';
import { compareNumbered, compareSpelled } from './spellings.ts';
import type { NumericStrategy } from './strategy.ts';
import { variantRule, wantedVariant } from './wanted-variant.ts';

/** Of equal values (`10`, `010`) the running one stays, else the last by text is chosen. */
export function* selectNumber(
  { reading }: NumericStrategy,
  candidates: readonly Candidate[],
  runs: Running | undefined,
): Generator<undefined, Outcome<Selection>> {
  const currentTag = runs?.tag;
  const reader = numberReader(reading);
  if (!reader.ok) return reader;
  const variant = wantedVariant(reading, reader.value, runs);
  if (!variant.ok) return variant;
  const order = { read: reader.value, wanted: variant.value, compare: compareNumbered };
  const { last, running, leftOut } = yield* sift(order, candidates, currentTag);
  const dropped = { unparsed: [], ...leftOut.found() };
  if (last === undefined) return succeed({ kind: 'none-left', ...dropped });
  const current = currentTag === undefined || currentTag === '' ? undefined : reader.value(currentTag);
  if (typeof current === 'string') {
    return fail(
      configFailure(`running tag ${quoted(currentTag ?? '')}: ${current}, which strategy numeric needs`),
    );
  }
  return succeed({ kind: 'chosen', tag: running?.tag ?? last.tag, ...dropped, unsatisfied: [] });
}

export function* selectText(
  reading: TagReading | undefined,
  candidates: readonly Candidate[],
  currentTag: string | undefined,
): Generator<undefined, Outcome<Selection>> {
  if (reading === undefined) return succeed(yield* selectLastText(candidates));
  const reader = spellingReader(reading);
  if (!reader.ok) return reader;
  const order = { read: reader.value, wanted: undefined, compare: compareSpelled };
  const { last, running, leftOut, texts } = yield* sift(order, candidates, currentTag);
  const dropped = { unparsed: [], ...leftOut.found() };
  if (last === undefined) return succeed({ kind: 'none-left', ...dropped });
  const doubt = yield* textOrderDoubt(last.text, texts);
  const { tag } = running ?? last;
  return succeed({ kind: 'chosen', tag, ...dropped, unsatisfied: [], ...optionalProperty('doubt', doubt) });
}

function* selectLastText(candidates: readonly Candidate[]): Generator<undefined, Selection> {
  let last: Candidate | undefined;
  yield* inPieces(candidates, (candidate) => {
    if (last === undefined || compareTags(candidate, last) > 0) last = candidate;
  });
  if (last === undefined) return { kind: 'none-left', unparsed: [] };
  const doubt = yield* textOrderDoubt(last.tag, tagsOf(candidates));
  const { tag } = last;
  return { kind: 'chosen', tag, unparsed: [], unsatisfied: [], ...optionalProperty('doubt', doubt) };
}

interface SpellingOrder {
  readonly read: Reader<Spelling>;
  /** Name of the variant that goes on. */
  readonly wanted: string | undefined;
  readonly compare: (a: Spelling, b: Spelling) => number;
}

interface Sifted {
  last?: Spelling;
  /** Set where what runs is equal to the last. */
  running?: Spelling;
  readonly texts: string[];
  readonly leftOut: LeftOutTags;
}

function* sift(
  { read, wanted, compare }: SpellingOrder,
  candidates: readonly Candidate[],
  currentTag: string | undefined,
): Generator<undefined, Sifted> {
  const sifted: Sifted = { texts: [], leftOut: new LeftOutTags() };
  let running: Spelling | undefined;
  yield* inPieces(candidates, ({ tag }) => {
    const spelled = read(tag);
    if (typeof spelled === 'string') return sifted.leftOut.add(spelled, tag);
    const rule = variantRule(spelled, wanted);
    if (rule !== undefined) return sifted.leftOut.add(rule, tag);
    sifted.texts.push(spelled.text);
    if (tag === currentTag) running = spelled;
    const difference =
      sifted.last === undefined ? 1 : compare(spelled, sifted.last) || compareTags(spelled, sifted.last);
    if (difference > 0) sifted.last = spelled;
  });
  const { last } = sifted;
  const isEqual = last !== undefined && running !== undefined && compare(running, last) === 0;
  return isEqual && running !== undefined ? { ...sifted, running } : sifted;
}
