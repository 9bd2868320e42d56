/** The command `template`: renders a commit message template with sample data. */
import { defaultCommitTemplate, tryCommitMessage } from '../core/commit-message.ts';
import { configFailure, fail, type Outcome, succeed } from '../core/base/outcome.ts';
import { parseTemplate } from '../core/template/template.ts';
import type { ProgramIo } from './process/program-io.ts';
import { commitSample } from './settings/commit-sample.ts';
import { readTextFile } from './settings/text-file.ts';

/** Prints the message, or says on stderr why there is none. Without a path the default template is used. */
export async function template(path: string | undefined, io: ProgramIo): Promise<Outcome<number>> {
  const text = path === undefined ? succeed(defaultCommitTemplate) : await readTemplate(path);
  if (!text.ok) return tell(text.failure.message, io);
  const parsed = parseTemplate(text.value);
  const message = parsed.ok ? tryCommitMessage(parsed.value, commitSample) : parsed;
  if (!message.ok) return tell(`${path ?? 'default'}: ${message.failure.message}`, io);
  io.stdout.write(`${message.value}\n`);
  return succeed(0);
}

function tell(problem: string, io: ProgramIo): Outcome<number> {
  io.stderr.write(`Error: ${problem}\n`);
  return succeed(1);
}

async function readTemplate(path: string): Promise<Outcome<string>> {
  const text = await readTextFile(path);
  if (!text.ok) return text;
  return text.value === null ? fail(configFailure(`${path}: no such file`)) : succeed(text.value);
}
