/** Exit codes and streams of the program. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess, runToEnd, temporaryFolder } from './start-program.ts';

function aFile(text: string): string {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, text);
  return path;
}

describe('without a command', () => {
  it('prints help on stdout and exits with 0', async () => {
    const { code, stdout, stderr } = await runToEnd([]);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: tidewaiter <command>/);
  });
});

describe('a mistake on the command line', () => {
  it('ends the process with 1, with nothing on stdout', async () => {
    const { code, stdout, stderr } = await runToEnd(['bogus']);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('Error: unknown command "bogus"\nSee: tidewaiter --help\n');
  });

  it.each([
    { title: 'an unknown flag', argv: ['run', '--bogus'], problem: 'unknown flag --bogus for "run"' },
    {
      title: 'a bad value',
      argv: ['run', '--interval=30'],
      problem: 'invalid argument "30" for "--interval" flag',
    },
    { title: 'a missing value', argv: ['run', '--interval'], problem: 'argument missing' },
    { title: 'no image to test', argv: ['test'], problem: 'exactly one image' },
    { title: 'an unknown shell', argv: ['completion', 'tcsh'], problem: 'shell "tcsh": expected one of' },
  ])('$title is told on stderr with the way to help, exit code 1', async ({ argv, problem }) => {
    const { code, stdout, stderr } = await runInProcess(argv);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: /);
    expect(stderr).toContain(problem);
    expect(stderr).toMatch(/\nSee: tidewaiter \w+ --help\n$/);
    expect(stderr.split('\n')).toHaveLength(3);
  });

  it.each([
    [['run', '--onec'], 'unknown flag --onec for "run"; did you mean --once?', 'run '],
    [
      ['test', 'nginx', '--allow-tag=x'],
      'unknown flag --allow-tag for "test"; did you mean --allow-tags?',
      'test ',
    ],
    [['rnu'], 'unknown command "rnu"; did you mean run?', ''],
    [['help', 'tets'], 'unknown command "tets"; did you mean test?', ''],
    [['help', 'nosuch'], 'unknown command "nosuch"', ''],
    [['--once'], 'which command? tidewaiter run --once', ''],
    [['--semver-constraint', '1.x'], 'which command? tidewaiter test --semver-constraint', ''],
    [['--nothing-like-it'], 'unknown flag --nothing-like-it', ''],
  ])('fault O-S2-11: %j is answered in two lines', async (argv, message, command) => {
    const { code, stdout, stderr } = await runInProcess(argv);

    expect([code, stdout, stderr]).toEqual([1, '', `Error: ${message}\nSee: tidewaiter ${command}--help\n`]);
  });

  it('fault O-S2-15: run takes no operand, and says which flag may have been meant', async () => {
    const { code, stderr } = await runInProcess(['run', 'my-apps', '--once']);

    expect(code).toBe(1);
    expect(stderr).toBe(
      'Error: run takes no "my-apps"; did you mean --applications my-apps?\nSee: tidewaiter run --help\n',
    );
  });

  it('still takes the value that 0.18 ignored behind a boolean flag', async () => {
    const { stderr } = await runInProcess(['run', '--once', 'true', '--disable-kubernetes', 'false']);

    expect(stderr).toMatch(/^Error: --disable-kubernetes leaves nothing/);
  });
});

describe('help of run', () => {
  const helpOf = async (...words: readonly string[]) => (await runInProcess(words)).stdout;

  it('fault O-S2-11: has groups, three examples, and no flag without effect', async () => {
    const help = await helpOf('run', '--help');

    expect(help.match(/^\w[\w ,]+:$/gm)).toEqual(
      expect.arrayContaining([
        'Cycles:',
        'Applications:',
        'Git:',
        'Registries, cache, log, health:',
        'Examples:',
      ]),
    );
    expect(help.match(/^  tidewaiter run /gm)).toHaveLength(3);
    expect(help).not.toMatch(/no effect|without effect:|enable-http2/);
  });

  it('fault O-S2-11: has them all with --all', async () => {
    expect(await helpOf('run', '--help', '--all')).toMatch(/--tlsciphers[^]*no effect in this version/);
    expect(await helpOf('help', 'run', '--all')).toContain('--tlsciphers');
  });
});

describe('version', () => {
  it.each(['--version', '-v'])('fault O-S3-26: is printed for %s', async (flag) => {
    const { code, stdout } = await runInProcess([flag]);

    expect([code, stdout]).toEqual([0, (await runInProcess(['version'])).stdout]);
  });

  it('has the first line of 0.18', async () => {
    const { code, stdout } = await runInProcess(['version']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^argocd-image-updater: v\d+\.\d+\.\d+\S*\n {2}\S/);
  });

  it('is the bare number with --short, also where the flag stands first', async () => {
    for (const argv of [
      ['version', '--short'],
      ['--short', 'version'],
      ['version', '--short=true', 'ignored'],
    ]) {
      expect((await runInProcess(argv)).stdout).toMatch(/^v\d+\.\d+\.\d+\S*\n$/);
    }
  });
});

describe('template', () => {
  it('renders the default template with the samples of 0.18', async () => {
    const { code, stdout } = await runInProcess(['template']);

    expect(code).toBe(0);
    expect(stdout).toContain("updates image example/example tag '1.0.0' to '1.0.1'");
  });

  it('renders the template of a file, with one newline behind it', async () => {
    const { stdout } = await runInProcess(['template', aFile('{{ .AppName }}: {{ len .AppChanges }}')]);

    expect(stdout).toBe('example-app: 2\n');
  });

  it.each([
    {
      text: '{{ .AppNam }}',
      says: 'template: line 1: no field .AppNam; there are .AppName, .AppChanges, .AppNamespace',
    },
    {
      text: '\n{{ range .AppChanges }}\n{{ .AppName }}{{ end }}',
      says: 'template: line 3: no field .AppName; there are .Image, .OldTag, .NewTag, .Labels; did you mean $.AppName?',
    },
    { text: '{{ .AppName.Nope }}', says: 'template: line 1: no field .Nope: a string has none' },
  ])('fault O-S3-25: $text is answered by its line and the fields that there are', async ({ text, says }) => {
    const path = aFile(text);

    const { code, stderr } = await runInProcess(['template', path]);

    expect([code, stderr]).toEqual([1, `Error: ${path}: ${says}\n`]);
  });

  it.each([
    { title: 'a template that cannot be parsed', text: '{{ range }}' },
    { title: 'a template that cannot be rendered', text: '{{ .Nope }}' },
  ])('fails on $title', async ({ text }) => {
    const { code, stdout, stderr } = await runInProcess(['template', aFile(text)]);

    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: .*template/);
  });

  it('fails on a file that does not exist', async () => {
    expect(await runInProcess(['template', '/does/not/exist'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error: /does/not/exist: no such file\n',
    });
  });
});

describe('webhook', () => {
  it('takes the flags of 0.18, and a port that it must have', async () => {
    const argv = ['webhook', '--webhook-port=0', '--argocd-namespace=x', '--docker-webhook-secret=x'];

    const { code, stderr } = await runInProcess(argv);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: the command webhook needs a --webhook-port/);
  });
});

describe('an error that nobody caught', () => {
  it('ends the program without printing what the error carries', () => {
    const guard = join(import.meta.dirname, '../../src/cli/process/program-io.ts');
    const script = `import { guardProcess } from ${JSON.stringify(guard)};
      guardProcess();
      await Promise.reject(Object.assign(new Error('broken'), { options: { authorization: 'hunter2' } }));`;

    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });

    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: broken\n {4}at /);
    expect(stderr).not.toContain('hunter2');
  });
});
