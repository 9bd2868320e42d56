/** Platforms of images, and which of them are wanted. */

/** `os/architecture[/variant]` as registries give it; "/" where nothing is given. */
export function platformText(platform: {
  readonly os?: string | undefined;
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
}): string {
  const { os = '', architecture = '', variant = '' } = platform;
  return variant === '' ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/**
 * True if a candidate's platform is wanted: the same text, or wanted without the candidate's variant. A wanted
 * variant takes no candidate without one; "" in the list takes those without any platform; an empty list takes
 * all. Source: images.md 7, T-01 to T-12.
 */
export function isWantedPlatform(candidate: string, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const [os = '', architecture = '', variant] = candidate.split('/');
  const withoutVariant = `${os}/${architecture}`;
  return wanted.some((item) => {
    const text = item === '' ? '/' : item;
    return text === candidate || (variant !== undefined && text === withoutVariant);
  });
}
