/** The value under a key of a record from outside, whose keys may be anything, `constructor` for one. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
