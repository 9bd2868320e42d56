/** An object with one property, or without any: for records whose absent parts are absent properties. */

/** `{...optionalProperty('tag', tag)}`; nothing where the value is `undefined`. */
export function optionalProperty<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [property in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [property in Name]: Value });
}

/** The same for a text that is empty where there is none. */
export function nonEmptyProperty<Name extends string>(
  name: Name,
  text: string,
): { readonly [property in Name]?: string } {
  return optionalProperty(name, text === '' ? undefined : text);
}
