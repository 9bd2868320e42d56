/** Flags that choose the Applications. */
import { succeed } from '../../../core/base/outcome.ts';
import { parseLabelSelector } from '../../../kube/files/label-selector.ts';
import { choiceFlag, type FlagTable, listFlag, parsedFlag, textFlag } from '../flag.ts';

export const applicationFlags = {
  applications: listFlag({
    placeholder: 'path',
    fallback: [],
    help: 'read Applications from this manifest file or folder instead of a cluster (repeatable)',
  }),
  'applications-api': choiceFlag({
    words: ['kubernetes', 'argocd'],
    fallback: 'kubernetes',
    help: 'API that Applications are read from',
    variable: 'APPLICATIONS_API',
  }),
  'application-namespace': textFlag({
    placeholder: 'namespaces',
    fallback: '',
    help: 'only Applications of these namespaces: names and globs, separated by commas (default: all)',
  }),
  'watch-namespaces': textFlag({
    placeholder: 'namespaces',
    fallback: '',
    help: 'like --application-namespace; * means all',
    variable: 'IMAGE_UPDATER_WATCH_NAMESPACES',
  }),
  'match-application-name': listFlag({
    placeholder: 'glob',
    separator: ',',
    fallback: [],
    help: 'only Applications with such a name (repeatable, or separated by commas)',
  }),
  // no server is asked with a selector that none can read
  'match-application-label': parsedFlag({
    placeholder: 'selector',
    fallback: '',
    fallbackText: '',
    help: 'only Applications with these labels',
    parse: (text) => {
      const selector = parseLabelSelector(text);
      return selector.ok ? succeed(text) : selector;
    },
  }),
  'argocd-namespace': textFlag({
    placeholder: 'namespace',
    fallback: '',
    help: 'where Argo CD lives (default: own namespace)',
    variable: 'ARGOCD_NAMESPACE',
  }),
} satisfies FlagTable;
