/** Flags of cycles: when they start, how long they take, what they keep. */
import { booleanFlag, durationFlag, type FlagTable, integerFlag, textFlag } from '../flag.ts';

const second = 1000;
const minute = 60 * second;

export const cycleFlags = {
  'dry-run': booleanFlag({ fallback: false, help: 'say what would be written, write nothing' }),
  once: booleanFlag({ fallback: false, help: 'run one cycle, then exit (same as --interval 0)' }),
  'exit-code': booleanFlag({
    fallback: false,
    help: 'with --once: exit with 2 where something failed in the cycle',
  }),
  interval: durationFlag({
    fallback: 2 * minute,
    minMs: 0,
    help: 'pause between the end of a cycle and the next one',
    variable: 'IMAGE_UPDATER_INTERVAL',
  }),
  schedule: textFlag({
    placeholder: 'cron',
    fallback: '',
    help: 'start cycles by a cron expression instead of --interval',
  }),
  jitter: durationFlag({
    fallback: 0,
    minMs: 0,
    help: 'start cycles later by up to this, by chance once for each process: so that many updaters do not ask at once',
  }),
  'schedule-timezone': textFlag({
    placeholder: 'zone',
    fallback: '',
    help: "time zone of --schedule, such as Europe/Berlin (default: the machine's)",
  }),
  'tag-ttl': durationFlag({
    fallback: 360 * minute,
    minMs: 0,
    help: 'longest time that a tag which never moved goes unasked; 0 asks for all in every cycle',
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
    help: 'time of one cycle; what is not done by then goes on, and the next begins without it (0: 5m or twice --interval, the longer)',
  }),
  'shutdown-grace': durationFlag({
    fallback: 25 * second,
    minMs: 0,
    help: 'how long a running cycle may go on after SIGTERM',
  }),
  'registries-conf-path': textFlag({
    placeholder: 'path',
    fallback: '/app/config/registries.conf',
    help: 'registries file; empty for the built-in registries only',
  }),
  'cache-dir': textFlag({
    placeholder: 'path',
    fallback: '',
    help: 'folder for Git mirrors and registry facts; may be deleted at any time (default: "tidewaiter" in the system\'s temporary folder)',
  }),
  'warmup-cache': booleanFlag({ fallback: true, help: 'without effect: nothing needs to be warmed up' }),
} satisfies FlagTable;
