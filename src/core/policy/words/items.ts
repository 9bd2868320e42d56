/** Lists of policies: items between commas, semicolons or line breaks, each with a reason behind `#`. */
import { type Outcome, succeed } from '../../base/outcome.ts';
import { unquoted } from './fields.ts';
import { refuseWord } from './refusal.ts';

export interface ListItem {
  /** Before the `#`, trimmed; quotes are still in it. */
  readonly text: string;
  readonly reason?: string;
  /** The reason stands without quotes, so that a separator has ended it. */
  readonly isBareReason: boolean;
}

/**
 * A separator inside of quotes is none; a quote counts before the `#`, and where the reason begins with one.
 * Empty items are left out.
 */
export function splitListItems(text: string, separator: ',' | ';'): Outcome<readonly ListItem[]> {
  const end = separator === ',' ? ',\\n' : ';\\n';
  const bare = String.raw`[^"#${end}]`;
  const quote = String.raw`"(?:[^"\\]|\\.)*"`;
  const pattern = new RegExp(
    String.raw`((?:${bare}|${quote})*)(?:#[^\S\n]*(?:(${quote})[^\S\n]*|([^"\s${end}][^${end}]*)?))?(?:[${end}]|$)`,
    'suy',
  );
  const items: ListItem[] = [];
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    const [whole, item = '', quotedReason, bareReason] = pattern.exec(text) ?? [];
    if (whole === undefined) return refuseWord(text.slice(at), 'a quote is open or misplaced');
    if (whole.replace(/[,;\n]$/, '').trim() !== '')
      items.push(listItem(item.trim(), quotedReason, bareReason));
  }
  return succeed(items);
}

function listItem(text: string, quotedReason: string | undefined, bareReason: string | undefined): ListItem {
  const reason = quotedReason === undefined ? bareReason?.trim() : unquoted(quotedReason);
  return {
    text,
    ...(reason === undefined || reason === '' ? {} : { reason }),
    isBareReason: quotedReason === undefined && bareReason !== undefined,
  };
}
