/** The documentation as data: code blocks, inline code, links, headings, tables. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md', { cwd: root }).toSorted(),
] as const;

export interface CodeBlock {
  /** What stands behind the fence: `yaml`, `yaml before`. */
  readonly info: string;
  readonly text: string;
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** All documents as one text. */
export function everything(): string {
  return documents.map(readText).join('\n');
}

const fence = /^```([^\n]*)\n(.*?)^```$/gms;

export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return Array.from(markdown.matchAll(fence), ([, info = '', text = '']) => ({ info, text }));
}

/** Texts between single backticks, outside of code blocks; `\|` of tables is `|`. */
export function inlineCode(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(fence, '');
  return Array.from(prose.matchAll(/`([^`\n]+)`/g), ([, text = '']) => text.replaceAll('\\|', '|'));
}

/** The part under a heading, up to the next one of its level. */
export function section(markdown: string, title: string): string {
  const [, rest] = markdown.split(new RegExp(`^## ${title}$`, 'm'));
  if (rest === undefined) throw new Error(`no section ${title}`);
  return rest.split(/^## /m)[0] ?? '';
}

export function links(markdown: string): readonly string[] {
  return Array.from(markdown.replaceAll(fence, '').matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target);
}

/** Names that links to headings have. */
export function anchors(markdown: string): ReadonlySet<string> {
  const headings = markdown.replaceAll(fence, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Cells of the rows below a table's head, by the words of the head. */
export function tableRows(markdown: string): readonly (readonly string[])[] {
  const lines = markdown.replaceAll(fence, '').split('\n');
  const rows = lines.filter((line, index) => line.startsWith('|') && !isHead(line, lines[index + 1]));
  return rows.filter((line) => !/^\|[-| ]+\|$/.test(line)).map(cells);
}

function isHead(line: string, next: string | undefined): boolean {
  return line.startsWith('|') && /^\|[-| ]+\|$/.test(next ?? '');
}

function cells(row: string): readonly string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
