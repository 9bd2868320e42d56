/** The command `list`: Applications and their images, without asking registries, Git servers or a daemon. */
import { type Outcome, succeed } from '../../core/base/outcome.ts';
import { type GivenFlags, readFlags } from '../flags/flag-values.ts';
import { lineWidth } from '../print/line-width.ts';
import { tellFailure } from '../print/tell-failure.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { Listing } from './list-document.ts';
import { listFlags } from './list-flags.ts';
import { listJson, listText } from './list-text.ts';
import { readListed } from './read-listed.ts';

const hasMistakes = 2;

/** 0: all is understood. 1: nothing could be listed. 2: something is not understood. */
export async function list(given: GivenFlags, io: ProgramIo): Promise<Outcome<number>> {
  const read = readFlags(listFlags, given, io.environment);
  if (!read.ok) return read;
  const listed = await readListed(given, io);
  if (!listed.ok) return succeed(tellFailure(listed.failure, io));
  io.stdout.write(read.value.values.json ? listJson(listed.value) : listText(listed.value, lineWidth(io)));
  return succeed(isUnderstood(listed.value) ? 0 : hasMistakes);
}

function isUnderstood({ applications, problems }: Listing): boolean {
  return (
    problems.every(({ level }) => level !== undefined) &&
    applications.every(
      ({ problem, images }) => problem === undefined && images.every((image) => image.problem === undefined),
    )
  );
}
