/** Command line and environment -> the value of every flag of `run`. */
import type { Outcome } from '../../../core/base/outcome.ts';
import { runFlags } from '../../flags/commands/run-flags.ts';
import { type Environment, type GivenFlags, type ReadFlags, readFlags } from '../../flags/flag-values.ts';
import { configMapName, keyOfFlag } from './config-map-keys.ts';

export type { RunValues } from '../../flags/commands/run-flags.ts';

/** A variable that cannot be read is told with the key of the ConfigMap that the shipped Deployment takes it from. */
export function readRunValues(
  given: GivenFlags,
  environment: Environment,
): Outcome<ReadFlags<typeof runFlags>> {
  return readFlags(runFlags, given, environment, (flag) => {
    const key = keyOfFlag(flag);
    return key === undefined ? undefined : `${key} in ConfigMap ${configMapName}`;
  });
}
