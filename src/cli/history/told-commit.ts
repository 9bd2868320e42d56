/** What a commit of ours says of itself: by its trailers, and by the default message. */
import type { AppKey } from '../../core/config/application.ts';
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
  /** None where the message is not the default one. */
  readonly changes: readonly ToldChange[];
  readonly rules: readonly string[];
  readonly digests: readonly string[];
}

const changeLine = /^updates image (\S+) tag '([^']*)' to '([^']*)'$/gm;
const titleOfApplication = /^build: (?:automatic update of|update of application) (\S+)$/;

export function toldCommit({ message }: Pick<OwnCommit, 'message'>): ToldCommit {
  const [subject = ''] = message.split('\n', 1);
  const application = trailers(message, 'Application').at(-1) ?? titleOfApplication.exec(subject)?.[1];
  const changes = Array.from(message.matchAll(changeLine), ([, image = '', from = '', to = '']) => ({
    image,
    from,
    to,
  }));
  return {
    ...(application === undefined ? {} : { application }),
    subject,
    changes,
    rules: trailers(message, 'Rule'),
    digests: trailers(message, 'Digest'),
  };
}

function trailers(message: string, word: string): readonly string[] {
  return Array.from(
    message.matchAll(new RegExp(`^Image-Updater-${word}: (.+)$`, 'gm')),
    ([, value = '']) => value,
  );
}
