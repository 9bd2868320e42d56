/** Flags of cycles: when they start, how long they take. */
import { booleanFlag, durationFlag, type FlagTable, integerFlag, textFlag } from '../flag.ts';

const second = 1000;
const minute = 60 * second;

export const cycleFlags = {
  interval: durationFlag({
    fallback: 2 * minute,
    minMs: 0,
    help: 'pause between the end of a cycle and the next one; `0` is one cycle',
    variable: 'IMAGE_UPDATER_INTERVAL',
  }),
  schedule: textFlag({
    placeholder: 'cron',
    fallback: '',
    help: 'start cycles by a cron expression instead of `--interval`',
    details: 'It has five fields, or six with seconds',
  }),
  jitter: durationFlag({
    fallback: 0,
    minMs: 0,
    help: 'start cycles later by up to this, by chance once for each process: so that many updaters do not ask at once',
    details:
      'At most the interval, or an hour with `--schedule`. The first cycle of an interval starts at once',
  }),
  'schedule-timezone': textFlag({
    placeholder: 'zone',
    fallback: '',
    help: 'time zone of `--schedule`, such as `Europe/Berlin`',
    otherwise: "the machine's",
  }),
  once: booleanFlag({
    fallback: false,
    help: 'run one cycle, then exit (same as `--interval 0`)',
    details: '; no port is opened',
  }),
  'exit-code': booleanFlag({
    fallback: false,
    help: 'with `--once`: exit with 2 where something failed in the cycle',
  }),
  'dry-run': booleanFlag({
    fallback: false,
    help: 'say what would be written, write nothing',
    details:
      'Everything is done but push, patch and announce: edits, conflicts and commits are made in the mirror. The log says what would be written, with file and keys; at level debug the diff',
  }),
  'tag-ttl': durationFlag({
    fallback: 360 * minute,
    minMs: 0,
    help: 'longest time that a tag which never moved goes unasked; `0` asks for all in every cycle',
    details:
      'The two newest builds are asked for in every cycle; a tag that stays where it is is asked half as often after each ten checks',
  }),
  'max-concurrency': integerFlag({
    fallback: 10,
    min: 1,
    max: 1000,
    help: 'Git repositories written at once',
  }),
  'cycle-timeout': durationFlag({
    fallback: 0,
    minMs: 0,
    help: 'time of one cycle; what is not done by then goes on, and the next begins without it (`0`: 5m or twice `--interval`, the longer)',
    details:
      'The next cycles begin without that repository, or that question to a registry, until it is done',
  }),
  'shutdown-grace': durationFlag({
    fallback: 25 * second,
    minMs: 0,
    help: 'how long a running cycle may go on after SIGTERM',
  }),
  'warmup-cache': booleanFlag({ fallback: true, help: 'without effect: nothing needs to be warmed up' }),
} satisfies FlagTable;
