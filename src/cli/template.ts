/** The command `template`: renders a commit message template with sample data, or with what an Application waits for. */
import { defaultCommitTemplate, tryCommitMessage } from '../core/commit-message.ts';
import { configFailure, fail, type Outcome, succeed } from '../core/base/outcome.ts';
import { parseTemplate } from '../core/template/template.ts';
import { type GivenFlags, readFlags } from './flags/flag-values.ts';
import { templateFlags } from './flags/commands/template-flags.ts';
import type { ProgramIo } from './process/program-io.ts';
import { commitSample } from './settings/files/commit-sample.ts';
import { oneLine } from './print/one-line.ts';
import { tellFailure } from './print/tell-failure.ts';
import { readTextFile } from './settings/files/text-file.ts';

/** Prints the message, or says on stderr why there is none. Without a path the default template is used. */
export async function template(
  path: string | undefined,
  given: GivenFlags,
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(templateFlags, given, io.environment);
  if (!read.ok) return read;
  const text = path === undefined ? succeed(defaultCommitTemplate) : await readTemplate(path);
  if (!text.ok) return tell(text.failure.message, io);
  const parsed = parseTemplate(text.value);
  if (!parsed.ok) return tell(`${path ?? 'default'}: ${parsed.failure.message}`, io);
  const sample = tryCommitMessage(parsed.value, commitSample);
  if (!sample.ok) return tell(`${path ?? 'default'}: ${sample.failure.message}`, io);
  const { app } = read.value.values;
  if (app !== '') return await renderPending(app, path ?? '', given, io);
  io.stdout.write(`${sample.value}\n`);
  return succeed(0);
}

async function renderPending(
  app: string,
  path: string,
  given: GivenFlags,
  io: ProgramIo,
): Promise<Outcome<number>> {
  const { pendingMessage } = await import('./template-app.ts');
  const pending = await pendingMessage(app, path, given, io);
  if (!pending.ok) return succeed(tellFailure(pending.failure, io));
  const { message, warnings } = pending.value;
  for (const warning of warnings) io.stderr.write(`Warning: ${oneLine(warning)}\n`);
  io.stdout.write(message);
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
