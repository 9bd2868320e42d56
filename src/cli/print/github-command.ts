/** Lines that GitHub Actions turn into annotations. */

export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** `::error file=a.yaml,line=3,col=5,title=…::message` */
export function githubCommand({ level, message, title, file, line, column }: Annotation): string {
  const properties = [
    ['file', file],
    ['line', line],
    ['col', column],
    ['title', title],
  ] as const;
  const given = properties.filter(([, value]) => value !== undefined);
  const texts = given.map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${level}${texts.length === 0 ? '' : ` ${texts.join(',')}`}::${escapeMessage(message)}`;
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
