/** The text of one YAML scalar: what a plain one is read as, and how a string is written so that it stays one. */

/** How a scalar is, or is to be, written. Block scalars are never written. */
export type ScalarStyle = 'plain' | 'single' | 'double';

/**
 * True if an unquoted text is a string for every reader: YAML 1.2, YAML 1.1 (`yes`, `1:30`, `1_000`, `2024-01-02`) and
 * Go. A float beyond the range of 64 bits (`12e45678`) is a string to Go and left as it is, as 0.18 does.
 */
export function readsAsString(plain: string): boolean {
  if (plain === '' || words.has(plain) || isTimestamp.test(plain)) return false;
  if (!/^[-+.0-9]/.test(plain)) return true;
  return !isNumber(plain.replaceAll('_', ''));
}

const words: ReadonlySet<string> = new Set(
  `~ null Null NULL << y Y yes Yes YES true True TRUE on On ON
   n N no No NO false False FALSE off Off OFF`.split(/\s+/),
);

const isTimestamp =
  /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?))?)?$/;
const isInteger = /^[-+]?(?:\d+|0[bB][01]+|0[oO][0-7]+|0[xX][\da-fA-F]+)$/;
const isFloat = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const isSexagesimal = /^[-+]?\d+(?::[0-5]?\d)+(?:\.\d*)?$/;
const isInfiniteOrNone = /^(?:[-+]?\.(?:inf|Inf|INF)?|\.(?:nan|NaN|NAN))$/; // a lone dot is a YAML 1.1 float to some

/** `text` is without underscores. */
function isNumber(text: string): boolean {
  if (isInteger.test(text) || isSexagesimal.test(text) || isInfiniteOrNone.test(text)) return true;
  return isFloat.test(text) && Number.isFinite(Number(text));
}

/** Why a text cannot stand in one line of YAML; `undefined` if it can. */
export function unwritable(value: string): string | undefined {
  if (!value.isWellFormed()) return 'it is not valid Unicode';
  return /[\p{Cc}\u2028\u2029\ufeff]/u.test(value)
    ? 'it holds a control character or a line break'
    : undefined;
}

/**
 * Writes a string in a style, within one line. A plain one gets double quotes where it would be read as another type,
 * single quotes where its characters mean something (the choice of 0.18). `value` must not be `unwritable`.
 */
export function renderScalar(value: string, style: ScalarStyle, inFlow: boolean): string {
  if (style === 'double') return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  if (style === 'single') return `'${value.replaceAll("'", "''")}'`;
  if (!readsAsString(value)) return renderScalar(value, 'double', inFlow);
  return isSafePlain(value, inFlow) ? value : renderScalar(value, 'single', inFlow);
}

function isSafePlain(value: string, inFlow: boolean): boolean {
  if (/^[,[\]{}#&*!|>'"%@`]/.test(value) || /^[-?:](?:\s|$)/.test(value)) return false;
  if (/^\s|\s$|:\s|:$|\s#/.test(value) || /^(?:---|\.\.\.)/.test(value)) return false;
  // Older readers end a plain scalar of a flow collection at any colon.
  return !(inFlow && /[,[\]{}:?]/.test(value));
}
