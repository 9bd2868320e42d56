/** `pin` and `skip-tags`: versions by their exact text. */
import { isDigest, isTag } from '../../image/tag-and-digest.ts';
import { type Outcome, succeed } from '../../base/outcome.ts';
import { quoted } from '../../base/quoted.ts';
import type { Pin, Skip, Sourced } from '../settings.ts';
import { type ListItem, splitListItems } from './items.ts';
import { refuseAll, refuseLength, refuseWord } from './refusal.ts';

const maxSkipLength = 65_536;
const maxSkips = 1_000;

/** `2.1.4`, `sha256:…` or `2.1.4@sha256:…`. */
export function parsePin(text: string): Outcome<Pin> {
  const at = text.indexOf('@');
  const [tag, digest] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  if (digest === undefined && isDigest(text)) return succeed({ digest: text });
  if (isTag(tag) && (digest === undefined || isDigest(digest)))
    return succeed(digest === undefined ? { tag } : { tag, digest });
  return refuseWord(text, 'expected a tag, a digest (sha256:…), or <tag>@<digest>');
}

/** As a pin is written: `tag`, `digest` or `tag@digest`. */
export function pinText({ tag, digest }: Pin): string {
  return [tag, digest].filter((part) => part !== undefined).join('@');
}

/** Why pins that differ cannot both be; undefined where all are the same, or there is none. */
export function pinMistake([first, ...others]: readonly Sourced<Pin>[]): Sourced<string> | undefined {
  const other = first && others.find(({ value }) => pinText(value) !== pinText(first.value));
  if (first === undefined || other === undefined) return undefined;
  const value = `${first.source} ${quoted(pinText(first.value))}: ${other.source} pins ${pinText(other.value)}; leave one of them out`;
  return { value, source: first.source };
}

export interface SkipList {
  readonly skips: readonly Skip[];
  /** What may have been meant otherwise. */
  readonly hints: readonly string[];
}

/** `2.1.5 # crashes at start, 2.1.6`, or one a line. */
export function parseSkipTags(text: string): Outcome<SkipList> {
  if (text.length > maxSkipLength) return refuseLength(text, maxSkipLength);
  const items = splitListItems(text, ',');
  if (!items.ok) return items;
  if (items.value.length > maxSkips)
    return refuseAll(`it has ${items.value.length} items, at most ${maxSkips} are read`);
  const wrong = items.value.find((item) => !isTag(item.text) && !isDigest(item.text));
  if (wrong !== undefined) return refuseWord(wrong.text, mistakeOf(wrong));
  return succeed({ skips: items.value.map(skipOf), hints: hintsOf(items.value, text) });
}

function skipOf({ text, reason }: ListItem): Skip {
  return reason === undefined ? { version: text } : { version: text, reason };
}

function mistakeOf({ text }: ListItem): string {
  if (/[*?[\]{}^$|\\]/.test(text)) return 'no globs here; ignore-tags has them';
  return 'expected a tag or a digest, with a reason behind #';
}

/** A word behind a reason with a comma is read as a tag, and may be the rest of the reason. */
function hintsOf(items: readonly ListItem[], text: string): readonly string[] {
  return items.flatMap((item, index) => {
    const before = items[index - 1];
    if (before?.isBareReason !== true || item.text.startsWith('sha') || /\d/.test(item.text)) return [];
    if (!new RegExp(`,[^\\S\\n]*${item.text.replaceAll('.', '\\.')}(?![\\w.-])`).test(text)) return [];
    return [`${quoted(item.text)} is read as a tag; put quotes around a reason with a comma`];
  });
}
