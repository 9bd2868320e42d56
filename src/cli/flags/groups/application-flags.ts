/** Flags that choose the Applications. */
import { succeed } from '../../../core/base/outcome.ts';
import { parseLabelSelector } from '../../../kube/files/label-selector.ts';
import { choiceFlag, type FlagTable, listFlag, parsedFlag, textFlag } from '../flag.ts';

export const applicationFlags = {
  applications: listFlag({
    placeholder: 'path',
    fallback: [],
    help: 'read Applications from this manifest file or folder instead of a cluster (repeatable)',
    details: '; AppProjects, Secrets and ConfigMaps are read from there too',
  }),
  'applications-api': choiceFlag({
    words: ['kubernetes', 'argocd'],
    fallback: 'kubernetes',
    help: 'API that Applications are read from',
    details: '`argocd` is the REST API of Argo CD',
    variable: 'APPLICATIONS_API',
  }),
  'application-namespace': textFlag({
    placeholder: 'namespaces',
    fallback: '',
    help: 'only Applications of these namespaces: names and globs, separated by commas',
    details:
      ', such as `argocd,team-*`. For names a Role in each is enough; a glob needs the ClusterRole, since all are listed',
    otherwise: 'all',
  }),
  'watch-namespaces': textFlag({
    placeholder: 'namespaces',
    fallback: '',
    help: 'like `--application-namespace`; `*` means all',
    details: '; the name of 1.x',
    otherwise: 'all',
    variable: 'IMAGE_UPDATER_WATCH_NAMESPACES',
  }),
  'match-application-name': listFlag({
    placeholder: 'glob',
    separator: ',',
    fallback: [],
    help: 'only Applications whose name matches a glob (repeatable, or separated by commas)',
    otherwise: 'all',
  }),
  // no server is asked with a selector that none can read
  'match-application-label': parsedFlag({
    placeholder: 'selector',
    fallback: '',
    fallbackText: '',
    help: 'only Applications that a label selector selects, such as `team=web,tier!=test`',
    otherwise: 'all',
    parse: (text) => {
      const selector = parseLabelSelector(text);
      return selector.ok ? succeed(text) : selector;
    },
  }),
  'argocd-namespace': textFlag({
    placeholder: 'namespace',
    fallback: '',
    help: 'where Argo CD lives',
    details:
      'Its repository Secrets are read there, and the default override file is named by it. With `--applications` it is `argocd` unless given',
    otherwise: 'own namespace',
    variable: 'ARGOCD_NAMESPACE',
  }),
} satisfies FlagTable;
