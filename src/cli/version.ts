/** The command `version`. */
import { type BuildInfo, fullVersion, type RuntimeInfo } from './process/build-info.ts';

/** First line and `--short` have the shape of 0.18, so that scripts that read them go on working. */
export function versionText(build: BuildInfo, runtime: RuntimeInfo, short: boolean): string {
  if (short) return `${fullVersion(build)}\n`;
  const lines = [
    `argocd-image-updater: ${fullVersion(build)}`,
    '  Product: Tidewaiter',
    `  BuildDate: ${build.date === '' ? 'not built' : build.date}`,
    `  GitCommit: ${build.commit === '' ? 'not built' : build.commit}`,
    `  NodeVersion: ${runtime.nodeVersion}`,
    `  V8Version: ${runtime.v8Version}`,
    `  Platform: ${runtime.platform}`,
  ];
  return `${lines.join('\n')}\n`;
}
