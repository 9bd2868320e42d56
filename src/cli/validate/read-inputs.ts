/** Files, folders and stdin -> texts, within bounds. */
import { basename } from 'node:path';
import { readFile, stat } from 'node:fs/promises';
import { readManifestFiles, standardTreeLimits } from '../../kube/files/manifest-tree.ts';
import type { Finding } from './findings/finding.ts';

export interface Input {
  /** `-`: stdin. */
  readonly file: string;
  readonly text: string;
  /** Somebody named this very file. */
  readonly isMeant: boolean;
}

export interface Inputs {
  readonly inputs: readonly Input[];
  readonly findings: readonly Finding[];
}

/** `stdin` fails with a text: why it cannot be read. */
export async function readInputs(paths: readonly string[], stdin: () => Promise<string>): Promise<Inputs> {
  const inputs: Input[] = [];
  const findings: Finding[] = [];
  const named = new Set(paths);
  for (const path of paths) {
    if (path === '-') {
      inputs.push({ file: '-', text: await stdin(), isMeant: true });
      continue;
    }
    const report = await readManifestFiles([path], standardTreeLimits, ({ path: file, text }) =>
      inputs.push({ file, text, isMeant: named.has(file) }),
    );
    findings.push(...report.problems.map(({ path: file, message }) => unreadable(file, message)));
    for (const file of report.passedOver.filter((each) => basename(each) === 'registries.conf')) {
      const text = await readSmall(file);
      if (text === undefined) findings.push(unreadable(file, 'larger than a registries.conf can be'));
      else inputs.push({ file, text, isMeant: true });
    }
  }
  return { inputs, findings };
}

async function readSmall(path: string): Promise<string | undefined> {
  const { size } = await stat(path);
  return size > standardTreeLimits.maxFileBytes ? undefined : readFile(path, 'utf8');
}

function unreadable(file: string, message: string): Finding {
  return { file, line: 1, column: 1, rule: 'unreadable-file', severity: 'error', message };
}
