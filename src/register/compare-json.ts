import { isJsonObject } from '../envelope/parse-strict-json.ts';

/** One member that differs; null where it is absent. */
export interface JsonDifference {
  /** RFC 6901. */
  pointer: string;
  old: unknown;
  new: unknown;
}

/** What differs between two JSON values, by pointer. A list that differs is named as a whole: its items have no names. */
export function compareJson(before: unknown, after: unknown, pointer = ''): JsonDifference[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) =>
      compareJson(
        before[name],
        after[name],
        `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      ),
    );
  }
  return isSameJson(before, after) ? [] : [{ pointer, old: before ?? null, new: after ?? null }];
}

/** Equal as JSON: the order of members means nothing, that of items does. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = Object.keys(a).filter((name) => a[name] !== undefined);
    const others = Object.keys(b).filter((name) => b[name] !== undefined);
    return names.length === others.length && names.every((name) => isSameJson(a[name], b[name]));
  }
  return a === b;
}
