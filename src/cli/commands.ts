/** The program's commands: names, flags, and the code behind each, loaded when it is asked for. */
import { succeed } from '../core/base/outcome.ts';
import { buildInfo } from './process/build-info.ts';
import type { CommandSpec } from './process/command-spec.ts';
import { completionShells, renderCompletion } from './completion.ts';
import { explainFlagGroups, explainFlags } from './explain/explain-flags.ts';
import { booleanFlag, type FlagTable } from './flags/flag.ts';
import { readFlags } from './flags/flag-values.ts';
import type { LineSink } from './log/log.ts';
import { planFlagGroups, planFlags } from './plan/plan-flags.ts';
import { holdCommands } from './hold/hold-commands.ts';
import { historyFlagGroups, historyFlags } from './history/history-flags.ts';
import type { ProgramIo } from './process/program-io.ts';
import { runFlagGroups, runFlags } from './flags/commands/run-flags.ts';
import { listFlags } from './list/list-flags.ts';
import { statusFlags } from './status/status-flags.ts';
import { templateFlags } from './flags/commands/template-flags.ts';
import { testFlags } from './flags/commands/test-flags.ts';
import { validateFlags } from './validate/validate-flags.ts';
import { versionText } from './version.ts';

const versionFlags = {
  short: booleanFlag({ fallback: false, help: 'print the version number only' }),
} satisfies FlagTable;

const demoFlags = {
  keep: booleanFlag({ fallback: false, help: 'keep everything running until Ctrl-C' }),
} satisfies FlagTable;

const completionFlags = {
  'no-descriptions': booleanFlag({ fallback: false, help: 'complete without descriptions' }),
} satisfies FlagTable;

/** `runProgram`: the whole program once more, for the demo, which shows it at work. */
export function makeCommands(runProgram: (io: ProgramIo) => Promise<number>): readonly CommandSpec[] {
  const commands = [...workCommands, ...holdCommands, demoCommand(runProgram), ...smallCommands];
  return [...commands, completionCommand(commands)];
}

const workCommands: readonly CommandSpec[] = [
  {
    name: 'run',
    summary: 'keep Applications on the newest image that their owners allow',
    operands: '',
    maxOperands: 0,
    operandFlag: 'applications',
    flags: runFlags,
    groups: runFlagGroups,
    examples: `  tidewaiter run --once --dry-run --applications my-apps   say what would be written
  tidewaiter run --once --applications my-apps             write it, and end
  tidewaiter run --interval 5m                             in a cluster, for ever
`,
    execute: async (given, _operands, io) => (await import('./run/run.ts')).run(given, io),
  },
  {
    name: 'plan',
    summary: 'show what a cycle would change and what fails, and write nothing',
    operands: '',
    maxOperands: 0,
    operandFlag: 'app',
    flags: planFlags,
    groups: planFlagGroups,
    examples: `  tidewaiter plan --applications my-apps --diff           what would become of the files
  tidewaiter plan --app 'team-*/*' --output markdown      the comment of a pull request
  tidewaiter plan --enable argocd/shop=annotations.yaml   what if these annotations were there?

Exit codes: 0 nothing would change, 1 something failed, 2 something would change.
`,
    execute: async (given, _operands, io) => (await import('./plan/plan.ts')).plan(given, io),
  },
  {
    name: 'explain',
    summary: 'show why an Application is as it is: settings, candidates, decision and diff',
    operands: '<application> [alias]',
    maxOperands: 2,
    flags: explainFlags,
    groups: explainFlagGroups,
    examples: `  tidewaiter explain argocd/shop                       all images of an Application of the cluster
  tidewaiter explain shop web --applications my-apps   one image, from manifest files

Exit codes: 0 up to date, 1 failed, 2 would change, 3 held or waiting.
`,
    execute: async (given, operands, io) =>
      (await import('./explain/explain.ts')).explain(given, operands, io),
  },
  {
    name: 'status',
    summary: 'show what the running daemon knows: what is wrong, what waits, what it did last',
    operands: '[application]',
    maxOperands: 1,
    flags: statusFlags,
    examples: `  tidewaiter status                                      of the pod in the cluster of the kubeconfig
  tidewaiter status argocd/shop                          one Application
  tidewaiter status --address http://127.0.0.1:8081      of a daemon somewhere else

Exit codes: 0 healthy, 1 it cannot be asked, 2 there are problems.
`,
    execute: async (given, operands, io) => (await import('./status/status.ts')).status(given, operands, io),
  },
  {
    name: 'list',
    summary: 'list Applications with their images and settings, without asking anybody else',
    operands: '',
    maxOperands: 0,
    operandFlag: 'applications',
    flags: listFlags,
    examples: `  tidewaiter list                           those of the cluster
  tidewaiter list --applications my-apps    those of manifest files

Exit codes: 0 all is understood, 1 nothing could be listed, 2 something is not understood.
`,
    execute: async (given, _operands, io) => (await import('./list/list.ts')).list(given, io),
  },
  {
    name: 'history',
    summary: 'show what was committed, over the repositories of all Applications',
    operands: '[application]',
    maxOperands: 1,
    flags: historyFlags,
    groups: historyFlagGroups,
    examples: `  tidewaiter history --since 12h                    what did it change last night?
  tidewaiter history argocd/shop --json             one Application, for machines

Exit codes: 0, or 1 where a repository could not be read.
`,
    execute: async (given, operands, io) =>
      (await import('./history/history.ts')).history(given, operands, io),
  },
  {
    name: 'validate',
    summary: 'find mistakes in manifests, without a cluster, a registry or a Git server',
    operands: '<file|folder|->...',
    flags: validateFlags,
    examples: `  tidewaiter validate my-apps                            a folder of manifests
  helm template my-chart | tidewaiter validate -         what a chart renders to
  tidewaiter validate apps --repo . --format github      targets and keys in this checkout too

Exit codes: 0 no errors, 1 errors (with --strict warnings too).
`,
    execute: async (given, operands, io) =>
      (await import('./validate/validate.ts')).validate(given, operands, io),
  },
  {
    name: 'test',
    summary: 'show which tag of an image would be chosen, and why the others would not',
    operands: '<image>',
    flags: testFlags,
    execute: async (given, operands, io) => (await import('./trial/test.ts')).test(given, operands, io),
  },
];

const smallCommands: readonly CommandSpec[] = [
  {
    name: 'template',
    summary: 'render a commit message template, with sample data or the pending change of an Application',
    operands: '[path]',
    maxOperands: 1,
    flags: templateFlags,
    execute: async (given, [path], io) => (await import('./template.ts')).template(path, given, io),
  },
  {
    name: 'version',
    summary: 'print the version',
    operands: '',
    flags: versionFlags,
    execute: async (given, _operands, io) => {
      const read = readFlags(versionFlags, given, io.environment);
      if (!read.ok) return read;
      io.stdout.write(versionText(buildInfo, io.runtime, read.value.values.short));
      return succeed(0);
    },
  },
  {
    name: 'webhook',
    summary: 'take webhooks of registries, and look at what they tell of without polling',
    operands: '',
    flags: runFlags,
    execute: async (given, _operands, io) => (await import('./run/run.ts')).runWebhook(given, io),
  },
];

function demoCommand(runProgram: (io: ProgramIo) => Promise<number>): CommandSpec {
  return {
    name: 'demo',
    summary: 'see it at work on a registry and a Git repository of its own, on this machine only',
    operands: '',
    flags: demoFlags,
    execute: async (given, _operands, io) => {
      const read = readFlags(demoFlags, given, io.environment);
      if (!read.ok) return read;
      const { runDemo } = await import('./demo/demo.ts');
      const runDaemon = (argv: readonly string[], stdout: LineSink, signal: AbortSignal) =>
        runProgram({ ...io, argv, stdout, onStop: (listener) => stopWith(signal, listener) });
      return succeed(await runDemo(read.value.values.keep ? ['--keep'] : [], io, runDaemon));
    },
  };
}

function stopWith(signal: AbortSignal, listener: (signal: 'SIGTERM') => void): () => void {
  const stop = () => listener('SIGTERM');
  signal.addEventListener('abort', stop);
  return () => signal.removeEventListener('abort', stop);
}

function completionCommand(others: readonly CommandSpec[]): CommandSpec {
  const command: CommandSpec = {
    name: 'completion',
    summary: 'print a completion script for a shell',
    operands: `<${completionShells.join('|')}>`,
    maxOperands: 1,
    flags: completionFlags,
    execute: async (given, [shell], io) => {
      const read = readFlags(completionFlags, given, io.environment);
      if (!read.ok) return read;
      const script = renderCompletion(shell, [...others, command], !read.value.values['no-descriptions']);
      if (!script.ok) return script;
      io.stdout.write(script.value);
      return succeed(0);
    },
  };
  return command;
}
