/** What one run of the program holds. */
import type { RunCycle } from '../../app/cycle.ts';
import type { Election } from '../../app/leader/election.ts';
import type { Progress } from '../../app/progress.ts';
import type { PushCycles } from '../../app/trigger/push-cycles.ts';
import type { Triggers } from '../../app/trigger/trigger.ts';
import type { World } from '../../app/world.ts';
import type { Log } from '../log/log.ts';
import type { Teller } from '../log/teller.ts';
import type { ProgramIo } from '../process/program-io.ts';
import type { PortTls } from './port-tls.ts';
import type { Readers } from './readers.ts';
import type { RunSettings } from '../settings/run-settings.ts';

export interface Running extends Readers {
  readonly settings: RunSettings;
  readonly io: ProgramIo;
  readonly log: Log;
  readonly teller: Teller;
  readonly world: World;
  /** Absent: this is the only replica. */
  readonly election: Election | undefined;
  readonly runCycle: RunCycle;
  readonly progress: Progress;
  readonly triggers: Triggers;
  readonly pushes: PushCycles;
  /** Absent: no port will speak TLS. */
  readonly portTls: PortTls | undefined;
}
