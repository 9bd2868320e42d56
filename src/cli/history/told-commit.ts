/** What a commit of ours says of itself: by its trailers, and by the default message. */
import type { AppKey } from '../../core/config/application.ts';
import { type ChangeLine, parseChanges } from '../../core/policy/rollback/lines/change-line.ts';
import { formatVersion } from '../../core/policy/rollback/lines/image-version.ts';
import type { OwnCommit } from '../../ports/git.ts';

export interface ToldChange {
  readonly image: string;
  readonly from: string;
  readonly to: string;
}

export interface ToldCommit {
  /** `namespace/name` by the trailer, else the name that the default title has; absent where neither tells it. */
  readonly application?: AppKey;
  readonly subject: string;
  /** By the default message, else by the trailers; none where neither tells. */
  readonly changes: readonly ToldChange[];
  readonly rules: readonly string[];
  readonly digests: readonly string[];
}

const changeLine = /^updates image (\S+) tag '([^']*)' to '([^']*)'$/gm;
const titleOfApplication = /^build: (?:automatic update of|update of application) (\S+)$/;

export function toldCommit({ message }: Pick<OwnCommit, 'message'>): ToldCommit {
  const [subject = ''] = message.split('\n', 1);
  const application = trailers(message, 'Application').at(-1) ?? titleOfApplication.exec(subject)?.[1];
  const told = Array.from(message.matchAll(changeLine), ([, image = '', from = '', to = '']) => ({
    image,
    from,
    to,
  }));
  const changes = told.length > 0 ? told : parseChanges(message).map(changeByLine);
  return {
    ...(application === undefined ? {} : { application }),
    subject,
    changes,
    rules: trailers(message, 'Rule'),
    digests: trailers(message, 'Digest'),
  };
}

/** Where no message of ours names the image, the place tells which one it was. */
function changeByLine({ place: { path, key }, from, to }: ChangeLine): ToldChange {
  return { image: `${path} ${key}`, from: formatVersion(from), to: formatVersion(to) };
}

function trailers(message: string, word: string): readonly string[] {
  return Array.from(
    message.matchAll(new RegExp(`^Image-Updater-${word}: (.+)$`, 'gm')),
    ([, value = '']) => value,
  );
}
