/**
 * The hidden mode of 0.18 in which git asks its executable for a login: GIT_ASKPASS names it, and one variable tells it what
 * it is. Source: daemon.md 1.8. Our own git needs none of it: logins go to it another way. Scripts that start git can use it.
 */
import type { Environment } from './flags/flag-values.ts';
import type { ProgramIo } from './process/program-io.ts';

/** As 0.18 ends after any mistake. */
const mistakeCode = 20;

export function isAskPass(environment: Environment): boolean {
  return environment['ARGOCD_BINARY_NAME'] === 'argocd-git-ask-pass';
}

/** Prints user or password of the environment, as `git-ask-pass.sh` does. */
export function askPass({ argv, environment, stdout, stderr }: ProgramIo): number {
  const refuse = (reason: string): number => {
    stderr.write(`${reason}\n`);
    return mistakeCode;
  };
  const [prompt = ''] = argv;
  if (argv.length !== 1) return refuse(`expected 1 argument, the prompt of git, and got ${argv.length}`);
  const name = variableOf(prompt);
  if (name === undefined) return refuse('unknown prompt: expected one that begins with Username or Password');
  const answer = environment[name];
  if (answer === undefined) return refuse(`${name} is not set: there is nothing to answer git with`);
  stdout.write(`${answer}\n`);
  return 0;
}

function variableOf(prompt: string): 'GIT_USERNAME' | 'GIT_PASSWORD' | undefined {
  if (prompt.startsWith('Username')) return 'GIT_USERNAME';
  return prompt.startsWith('Password') ? 'GIT_PASSWORD' : undefined;
}
