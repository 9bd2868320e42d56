/** The command `plan`: what a cycle would do, without doing it. */
import { configFailure, type Outcome, succeed } from '../../core/base/outcome.ts';
import type { AppKey } from '../../core/config/application.ts';
import type { FlagValues } from '../flags/flag.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { lineWidth } from '../print/line-width.ts';
import type { ProgramIo } from '../process/program-io.ts';
import { type NamedScope, scopeBy, scopeOf } from '../rehearse/app-globs.ts';
import { rehearse } from '../rehearse/rehearse.ts';
import { tellFailure } from '../print/tell-failure.ts';
import { logLevelOf } from '../flags/groups/log-level.ts';
import { readEnabled, type Tried } from './enable.ts';
import { planDocument, type PlanDocument, planExitCode } from './plan-document.ts';
import { planFlags } from './plan-flags.ts';
import { planGithub } from './plan-github.ts';
import { planMarkdown } from './plan-markdown.ts';
import { planText } from './plan-text.ts';

/** 0: nothing would change. 1: something failed, or could not be started. 2: something would change. */
export async function plan(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  const read = readFlags(planFlags, given, io.environment);
  if (!read.ok) return read;
  const { values } = read.value;
  const tried = await readEnabled(values.enable);
  if (!tried.ok) return tried;
  const named = scopeFor(values.app, tried.value);
  if (!named.ok) return named;
  const { scope, shown, matches } = named.value;
  const logLevel = logLevelOf(values.loglevel);
  const rehearsed = await rehearse(given, io, { scope, logLevel, tried: tried.value });
  if (!rehearsed.ok) return succeed(tellFailure(rehearsed.failure, io));
  const { report, configs, heard } = rehearsed.value;
  const stranger = [...tried.value.keys()].find((app) => !shown.has(app));
  if (report.failure === undefined && stranger !== undefined) {
    const message = `--enable ${stranger}: no Application of that name is listed, or its new annotations have no image-list`;
    return succeed(tellFailure(configFailure(message), io));
  }
  const document = planDocument(report, { configs, isWanted: matches, registryRequests: heard.requests });
  io.stdout.write(outputOf(document, values, lineWidth(io)));
  return succeed(planExitCode(document));
}

/** Who tries annotations and names nobody wants to see what they do. */
function scopeFor(globs: readonly string[], tried: Tried): Outcome<NamedScope> {
  if (globs.length > 0 || tried.size === 0) return scopeOf(globs);
  return succeed(scopeBy((app: AppKey) => tried.has(app)));
}

function outputOf(document: PlanDocument, values: FlagValues<typeof planFlags>, width: number): string {
  switch (values.output) {
    case 'table':
      return planText(document, width, values.diff);
    case 'json':
      return `${JSON.stringify(document, null, 2)}\n`;
    case 'markdown':
      return planMarkdown(document);
    case 'github':
      return planGithub(document);
  }
}
