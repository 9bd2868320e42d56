/** The command `validate`: what is wrong in manifests, without a cluster, a registry or a Git server. */
import { counted } from '../../core/base/counted.ts';
import { configFailure, fail, type Outcome, succeed } from '../../core/base/outcome.ts';
import { settle } from '../../core/base/settle.ts';
import type { FlagValues } from '../flags/flag.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { tellFailure } from '../print/tell-failure.ts';
import { buildInfo } from '../process/build-info.ts';
import { systemClock } from '../process/clock.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { CheckOptions } from './check-application.ts';
import { checkFile, type CheckedFile } from './check-file.ts';
import { checkTargets } from './check-targets.ts';
import { openCheckout, remotesOf } from './checkout.ts';
import { type Finding, inOrder } from './findings/finding.ts';
import { githubOutput } from './output/github.ts';
import { gitlabOutput } from './output/gitlab.ts';
import { sarifLog } from './output/sarif.ts';
import { textOutput } from './output/text.ts';
import { type Input, readInputs } from './read-inputs.ts';
import { validateFlags } from './validate-flags.ts';

type Values = FlagValues<typeof validateFlags>;

/** 0: no errors. 1: errors, with `--strict` warnings too. */
export async function validate(
  given: GivenFlags,
  operands: readonly string[],
  io: ProgramIo,
): Promise<Outcome<number>> {
  const read = readFlags(validateFlags, given, io.environment);
  if (!read.ok) return read;
  if (operands.length === 0) {
    return fail(configFailure('the command "validate" needs files or folders, or - for stdin'));
  }
  const { values } = read.value;
  const found = await settle(() => findAll(operands, values, io));
  if (!found.ok) return succeed(tellFailure(found.failure, io));
  const { findings, files, strangers } = found.value;
  if (strangers > 0) {
    io.stderr.write(
      `Warning: ${counted(strangers, 'Application')} ${strangers === 1 ? 'writes' : 'write'} to other repositories than that of --repo\n`,
    );
  }
  io.stdout.write(outputOf(values, findings, files));
  const isBad = ({ severity }: Finding) => severity === 'error' || (values.strict && severity === 'warning');
  return succeed(findings.some(isBad) ? 1 : 0);
}

interface Found {
  readonly findings: readonly Finding[];
  readonly files: number;
  /** Applications that `--repo` says nothing about. */
  readonly strangers: number;
}

async function findAll(operands: readonly string[], values: Values, io: ProgramIo): Promise<Found> {
  const options: CheckOptions = {
    argocdNamespace: values['argocd-namespace'] === '' ? 'argocd' : values['argocd-namespace'],
    defaultPlatform: io.imagePlatform,
    nowMs: systemClock.now(),
  };
  const { inputs, findings: unread } = await readInputs(operands, io.readStdin);
  const checked = inputs.map((input) => ({ input, ...checkFile(input.text, input.isMeant, options) }));
  const targets = await targetFindings(checked, values.repo, options);
  const findings = [
    ...unread,
    ...checked.flatMap(({ input: { file }, findings: own }) => own.map((found) => ({ file, ...found }))),
    ...duplicates(checked),
    ...targets.findings,
  ];
  const order = inputs.map(({ file }) => file);
  return { findings: inOrder(findings, order), files: inputs.length, strangers: targets.strangers };
}

type Checked = CheckedFile & { readonly input: Input };

function duplicates(checked: readonly Checked[]): readonly Finding[] {
  const first = new Map<string, string>();
  return checked.flatMap(({ input: { file }, objects }) =>
    objects.flatMap(({ name, place }): readonly Finding[] => {
      const earlier = first.get(name);
      if (earlier === undefined) {
        first.set(name, file);
        return [];
      }
      const message = `${name} is in ${earlier} too; the first one counts`;
      return [{ file, ...place, rule: 'duplicate-object', severity: 'error', message }];
    }),
  );
}

async function targetFindings(
  checked: readonly Checked[],
  folder: string,
  options: CheckOptions,
): Promise<{ readonly findings: readonly Finding[]; readonly strangers: number }> {
  if (folder === '') return { findings: [], strangers: 0 };
  const checkout = openCheckout(folder);
  const remotes = await remotesOf(folder);
  const findings: Finding[] = [];
  let strangers = 0;
  for (const { input, applications } of checked) {
    for (const application of applications) {
      const { findings: own, isHere } = await checkTargets(application, checkout, remotes, options);
      if (!isHere) strangers += 1;
      findings.push(...own.map((found) => ({ file: input.file, ...found })));
    }
  }
  return { findings, strangers };
}

function outputOf({ format }: Values, findings: readonly Finding[], files: number): string {
  switch (format) {
    case 'text':
      return textOutput(findings, files);
    case 'json':
      return `${JSON.stringify({ files, findings }, null, 2)}\n`;
    case 'github':
      return githubOutput(findings);
    case 'gitlab':
      return gitlabOutput(findings);
    case 'sarif':
      return `${JSON.stringify(sarifLog(findings, buildInfo.version), null, 2)}\n`;
  }
}
