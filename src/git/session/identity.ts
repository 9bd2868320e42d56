/** Whose commits they are. */

export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** As it stands in commits: names go into header lines, which end at `<`, `>` and line ends. */
export function cleanIdentity({ name, email }: Identity): Identity {
  // oxlint-disable-next-line no-control-regex -- control characters are what is cut
  const clean = (text: string): string => text.replaceAll(/[<>\u0000-\u001f]/g, '').trim();
  return { name: clean(name), email: clean(email) };
}

/** `Name <email>`, as `git log` tells it. */
export function identityText(identity: Identity): string {
  const { name, email } = cleanIdentity(identity);
  return `${name} <${email}>`;
}
