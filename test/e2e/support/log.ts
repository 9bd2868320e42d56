/** Lines of the text log, taken apart as a program that collects logs would do it. */

export interface LogRecord {
  readonly level: string;
  readonly message: string;
  /** All others, by key. */
  readonly fields: Readonly<Record<string, string>>;
}

const pair = /([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g;

export function parseLogLine(line: string): LogRecord {
  const found = Array.from(line.matchAll(pair), ([, key = '', quoted, bare = '']) => [
    key,
    quoted === undefined ? bare : (JSON.parse(`"${quoted}"`) as string),
  ]);
  const {
    time: _time,
    level = '',
    msg = '',
    ...fields
  } = Object.fromEntries(found) as Record<string, string>;
  return { level, message: msg, fields };
}

/** What is wrong, as far as the lines tell. */
export function problemsIn(lines: readonly string[]): readonly LogRecord[] {
  return lines.map(parseLogLine).filter(({ level }) => level === 'warning' || level === 'error');
}

/** Those that name the application. */
export function problemsOf(lines: readonly string[], name: string): readonly LogRecord[] {
  return problemsIn(lines).filter(({ fields }) =>
    fields['application']?.split(', ').includes(`argocd/${name}`),
  );
}
