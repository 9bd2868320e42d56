/** Which build of which version this is. */
import packageFile from '../../../package.json' with { type: 'json' };

export interface BuildInfo {
  /** Without leading `v`. */
  readonly version: string;
  /** 40 hex digits; "" when run from sources. */
  readonly commit: string;
  /** RFC 3339; "" when run from sources. */
  readonly date: string;
}

/** Put in by the bundler. */
declare const TIDEWAITER_BUILD: { readonly commit: string; readonly date: string } | undefined;

export const buildInfo: BuildInfo = {
  version: packageFile.version,
  ...(typeof TIDEWAITER_BUILD === 'undefined' ? { commit: '', date: '' } : TIDEWAITER_BUILD),
};

/** `v0.1.0+1a2b3c4`, the shape that 0.18 prints. */
export function fullVersion({ version, commit }: BuildInfo): string {
  return commit === '' ? `v${version}` : `v${version}+${commit.slice(0, 7)}`;
}

/** What servers are told. */
export const userAgent = `tidewaiter/${buildInfo.version}`;

export interface RuntimeInfo {
  readonly nodeVersion: string;
  readonly v8Version: string;
  /** `linux/amd64`. */
  readonly platform: string;
}
