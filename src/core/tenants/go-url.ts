/** A URL as Go's `net/url` reads it and prints it again, for texts that have to compare as they do in Argo CD. */

/** What may stand for itself, by part of the URL; everything else is escaped, or refused in a host. */
const plain = {
  path: /^[A-Za-z0-9\-_.~$&+,/:;=@]$/,
  user: /^[A-Za-z0-9\-_.~$&+,;=]$/,
  host: /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]$/,
  fragment: /^[A-Za-z0-9\-_.~$&+,/:;=?@!()*]$/,
} as const;

type Part = keyof typeof plain;

/** undefined where Go's `url.Parse` refuses the text. */
export function printedGoUrl(text: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text)) return undefined;
  const [url, fragment] = cut(text, '#');
  const printed = printedWithoutFragment(url);
  if (printed === undefined || fragment === '') return printed;
  const shown = escaped(fragment, 'fragment');
  return shown === undefined ? undefined : `${printed}#${shown}`;
}

function printedWithoutFragment(text: string): string | undefined {
  if (text === '*') return text;
  if (text.startsWith(':')) return undefined;
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1];
  const prefix = scheme === undefined ? '' : `${scheme.toLowerCase()}:`;
  const [rest, query] = cut(text.slice(prefix.length), '?');
  const end = query !== '' || text.endsWith('?') ? `?${query}` : '';
  if (rest.startsWith('/')) return printedHierarchy(prefix, rest, end);
  if (prefix !== '') return `${prefix}${rest}${end}`;
  return (rest.split('/')[0] ?? '').includes(':') ? undefined : printedHierarchy('', rest, end);
}

function printedHierarchy(prefix: string, rest: string, end: string): string | undefined {
  const hasAuthority = rest.startsWith('//') && (prefix !== '' || !rest.startsWith('///'));
  const [, authority = '', written = rest] = hasAuthority ? (/^\/\/([^/]*)(.*)$/s.exec(rest) ?? []) : [];
  const path = escaped(written, 'path');
  const place = printedAuthority(authority);
  if (path === undefined || place === undefined) return undefined;
  const isPlaced = place !== '' || (hasAuthority && path !== '');
  return `${prefix}${isPlaced ? `//${place}` : ''}${path}${end}`;
}

function printedAuthority(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const host = printedHost(authority.slice(at + 1));
  if (at < 0 || host === undefined) return host;
  const login = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(login)) return undefined;
  const [name, password] = cut(login, ':').map((part) => reescaped(part, 'user'));
  if (name === undefined || password === undefined) return undefined;
  return `${name}${login.includes(':') ? `:${password}` : ''}@${host}`;
}

function printedHost(host: string): string | undefined {
  const behind = host.startsWith('[') ? host.lastIndexOf(']') + 1 : host.lastIndexOf(':');
  if (host.startsWith('[') && behind === 0) return undefined;
  const port = behind < 0 ? '' : host.slice(behind);
  if (!/^(?::\d*)?$/.test(port)) return undefined;
  // ASCII is never encoded in a host, but for the percent sign of a zone
  if (/%(?!25)[0-7]/.test(host)) return undefined;
  const unencoded = Array.from(host.replaceAll(/%../g, ''));
  const isPlain = unencoded.every((character) => character > '\u007f' || plain.host.test(character));
  return isPlain ? reescaped(host, 'host') : undefined;
}

/** As it is where it is well encoded, else decoded and encoded anew as a whole. */
function escaped(text: string, part: 'path' | 'fragment'): string | undefined {
  const isValid = Array.from(text).every(
    (character) => plain[part].test(character) || /^[!'()*[\]%]$/.test(character),
  );
  const printed = reescaped(text, part);
  return isValid && printed !== undefined ? text : printed;
}

function reescaped(text: string, part: Part): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  let printed = '';
  for (const piece of text.match(/%..|[^%]/gu) ?? []) {
    const isEncoded = piece.length === 3 && piece.startsWith('%');
    const bytes = isEncoded ? [Number.parseInt(piece.slice(1), 16)] : new TextEncoder().encode(piece);
    for (const byte of bytes) printed += printedByte(byte, part);
  }
  return printed;
}

function printedByte(byte: number, part: Part): string {
  const character = String.fromCodePoint(byte);
  if (byte < 0x80 && plain[part].test(character)) return character;
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Around the first separator; "" behind it where there is none. */
function cut(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
