/** Paths of a repository that may be written: by git's own rules, and such that every clone can check them out. */
import { quoted } from './quoted.ts';

const maxSegmentBytes = 255; // NAME_MAX of the usual file systems
const maxPathBytes = 4095; // PATH_MAX of Linux counts the NUL behind it
const maxDepth = 100; // folders; git itself gives up at 2048, other tools long before

/** Code points that HFS+ leaves out when it compares names: git's `next_hfs_char`. */
const hfsIgnorable = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** What NTFS takes for `.git`: its short name, dots and blanks behind it, a stream of it. */
const gitFolder = /^(?:\.git|git~1)[. ]*(?::|$)/i;

/** Files that tell git, or its extensions, how to treat all others, with their short names of NTFS. */
const gitSettings =
  /^(?:\.git(?:modules|attributes)|\.lfsconfig|git(?:mod|att)~[1-4]|gi(?:7eba|7d29)~[1-9])[. ]*(?::|$)/i;

/**
 * What git refuses in a path (`core.protectHFS`, `core.protectNTFS`), wherever the path comes from; undefined: nothing.
 * "" is the root.
 */
export function gitPathProblem(path: string): string | undefined {
  if (path === '') return undefined;
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'the path leads out of the repository';
  for (const segment of segments) {
    // A backslash parts folders on some systems.
    for (const name of segment.replace(hfsIgnorable, '').split('\\')) {
      if (name === '..') return 'the path leads out of the repository';
      if (gitFolder.test(name)) return 'the path leads into .git';
      if (gitSettings.test(name)) return `${quoted(name)} tells git how to treat the repository`;
    }
  }
  if (/\p{Cc}/u.test(path)) return 'the path has a control character in it';
  return path.isWellFormed() ? sizeProblem(segments) : 'the path is no well-formed text';
}

function sizeProblem(segments: readonly string[]): string | undefined {
  const bytes = segments.map((segment) => Buffer.byteLength(segment));
  const longest = Math.max(...bytes);
  if (longest > maxSegmentBytes)
    return `a name in it has ${longest} bytes, and file systems hold at most ${maxSegmentBytes}`;
  const total = bytes.reduce((sum, count) => sum + count + 1, -1);
  if (total > maxPathBytes) return `the path has ${total} bytes, and systems open at most ${maxPathBytes}`;
  return segments.length > maxDepth + 1 ? `the path is more than ${maxDepth} folders deep` : undefined;
}

/** Names of devices, which Windows opens whatever ends them. */
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9])[ ]*(?:\.|$)/i;

/** Characters that nobody sees, so that a name is read as another one; undefined: there are none. */
export function hiddenCharacterProblem(name: string): string | undefined {
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}]/u.exec(name)?.[0];
  if (hidden === undefined) return undefined;
  const codePoint = (hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `${quoted(name)} holds the invisible character U+${codePoint}`;
}

/**
 * Why no file should be made under a name; undefined: it may. It is stricter than `gitPathProblem`: each clone on each
 * system has to be able to check it out, and each reader to see what it is.
 */
export function fileNameProblem(name: string): string | undefined {
  const hidden = hiddenCharacterProblem(name);
  if (hidden !== undefined) return hidden;
  const character = /[\\:"<>|?*]/.exec(name)?.[0];
  if (character !== undefined)
    return `${quoted(name)} holds ${character}, which no clone on Windows can check out`;
  if (/[. ]$/.test(name) || deviceName.test(name))
    return `${quoted(name)} is a name that no clone on Windows can check out`;
  return undefined;
}
