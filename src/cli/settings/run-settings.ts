/** What `run` goes by. */
import type { TenantRules } from '../../core/tenants/tenant-rules.ts';
import type { LogLevel } from '../log/log-text.ts';
import type { ElectionSettings } from './election-settings.ts';
import type { RegistriesConf } from './files/registries-conf.ts';
import type { GitSettings } from './git-settings.ts';
import type { PolicySettings } from './policy-settings.ts';
import type { Schedule } from './schedule-settings.ts';
import type { ApplicationSettings } from './application-settings.ts';
import type { PortSettings } from './port-settings.ts';

export interface RunSettings extends ApplicationSettings, PortSettings {
  readonly logLevel: LogLevel;
  /** By a flag, not by the variable. */
  readonly levelIsGiven: boolean;
  /** `auto`: pretty on a terminal, text elsewhere. */
  readonly logFormat: 'text' | 'json' | 'pretty' | 'auto';
  /** The lines of 0.18 are logged besides. */
  readonly hasOldLines: boolean;
  readonly dryRun: boolean;
  readonly schedule: Schedule;
  /** Most that cycles start later than planned. */
  readonly jitterMs: number;
  /** After a single cycle the exit code tells whether something failed in it. */
  readonly codeTellsFailures: boolean;
  readonly tenants: TenantRules;
  readonly kubeEvents: boolean;
  /** Events tell what fails too. */
  readonly failureEvents: boolean;
  readonly refreshAfterPush: boolean;
  readonly notificationAnnotations: 'off' | 'own' | 'all';
  readonly registriesConf: RegistriesConf;
  readonly cacheDirectory: string;
  /** The cache is where somebody has asked for it: what policies remember is kept there too. */
  readonly keepsCache: boolean;
  readonly maxConcurrency: number;
  readonly cycleTimeoutMs: number;
  readonly tagTtlMs: number;
  readonly shutdownGraceMs: number;
  readonly policies: PolicySettings;
  readonly git: GitSettings;
  /** Absent: this is the only replica. */
  readonly election?: ElectionSettings;
}
