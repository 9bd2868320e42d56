/** Questions that are asked once and whose answers are kept: failures too, and for as long as the function is. */

/**
 * Gives every question of one key the same answer. Nobody can leave early, so nothing is ever stopped; where callers come
 * and go, it is `SharedWork` of net.
 */
export function oncePerKey<Value>(): (key: string, ask: () => Promise<Value>) => Promise<Value> {
  const asked = new Map<string, Promise<Value>>();
  return (key, ask) => {
    const known = asked.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    asked.set(key, answer);
    return answer;
  };
}
