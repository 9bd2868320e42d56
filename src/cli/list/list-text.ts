/** What `list` prints. */
import { counted } from '../../core/base/counted.ts';
import { tableLines } from '../print/table.ts';
import type { Listed, Listing } from './list-document.ts';

const columns = [
  { title: 'APPLICATION' },
  { title: 'ALIAS' },
  { title: 'IMAGE' },
  { title: 'RULE' },
  { title: 'WRITTEN TO', keepsEnd: true },
  { title: 'PROBLEM' },
] as const;

export function listJson({ applications, problems }: Listing): string {
  return `${JSON.stringify({ schema: 1, applications, problems }, null, 2)}\n`;
}

export function listText({ applications, problems }: Listing, width: number): string {
  const images = applications.reduce((sum, { images: own }) => sum + own.length, 0);
  const rows = [
    ...applications.flatMap(rowsOf),
    ...problems.map(({ app, file, message }) => [app ?? file ?? '', '', '', '', '', message]),
  ];
  const lines = rows.length === 0 ? [] : [...tableLines(columns, rows, width), ''];
  return [...lines, `${counted(applications.length, 'Application')}, ${counted(images, 'image')}`, ''].join(
    '\n',
  );
}

function rowsOf({ name, write, problem = '', images }: Listed): readonly (readonly string[])[] {
  if (images.length === 0) return [[name, '', '', '', write, problem]];
  return images.map((image, index) => [
    index === 0 ? name : '',
    image.alias,
    image.alias === '' ? image.image : image.image.slice(image.alias.length + 1),
    [image.rule ?? '', ...(image.policies ?? [])].join('; '),
    index === 0 ? write : '',
    image.problem ?? (index === 0 ? problem : ''),
  ]);
}
