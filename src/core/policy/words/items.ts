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

/** One item with what stands behind it, up to and with its separator. */
function itemPattern(separator: ',' | ';'): RegExp {
  const end = separator === ',' ? ',\\n' : ';\\n';
  const bare = String.raw`[^"#${end}]`;
  const quote = String.raw`"(?:[^"\\]|\\.)*"`;
  return new RegExp(
    String.raw`((?:${bare}|${quote})*)(?:#[^\S\n]*(?:(${quote})[^\S\n]*|([^"\s${end}][^${end}]*)?))?(?:[${end}]|$)`,
    'suy',
  );
}

const patterns = { ',': itemPattern(','), ';': itemPattern(';') } as const;

/**
 * A separator inside of quotes is none; a quote counts before the `#`, and where the reason begins with one.
 * Empty items are left out.
 */
export function splitListItems(text: string, separator: ',' | ';'): Outcome<readonly ListItem[]> {
  const pattern = new RegExp(patterns[separator]); // it has a place of its own
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
