/** A value in YAML's one-line form, as a person would write it. */
export function printFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printFlow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${printFlow(field)}`);
  return `{${fields.join(', ')}}`;
}
