/** How commits are made: flags -> settings. */
import type { FlagValues } from '../flags/flag.ts';
import type { gitFlags } from '../flags/groups/git-flags.ts';

export interface GitSettings {
  readonly author: { readonly name: string; readonly email: string };
  readonly signOff: boolean;
  readonly trailers: boolean;
  readonly signing?: { readonly key: string; readonly method: 'openpgp' | 'ssh' };
  readonly messagePath: string;
  /** Of commits that several Applications share. */
  readonly groupMessagePath: string;
  readonly timeoutMs: number;
  readonly maxMirrorBytes: number;
}

export function readGit(values: FlagValues<typeof gitFlags>): GitSettings {
  const key = values['git-commit-signing-key'];
  return {
    author: { name: values['git-commit-user'], email: values['git-commit-email'] },
    signOff: values['git-commit-sign-off'],
    trailers: values['git-commit-trailers'],
    ...(key === '' ? {} : { signing: { key, method: values['git-commit-signing-method'] } }),
    messagePath: values['git-commit-message-path'],
    groupMessagePath: values['git-commit-group-message-path'],
    timeoutMs: values['git-timeout'],
    maxMirrorBytes: values['git-max-mirror'],
  };
}
