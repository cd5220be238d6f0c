import { harmless } from '../../scenario/index.ts';

/** So many names a note gives; a configuration may have thousands. */
const MOST_NAMED = 3;

/** What was changed of a user's configuration: one sentence for each kind of change, with the names that it befell. */
export class Notes {
  readonly #changes = new Map<string, Set<string>>();

  /** Adds a name to a kind of change; the kind is a sentence without its end. */
  add(change: string, name: string): void {
    const names = this.#changes.get(change) ?? new Set();
    this.#changes.set(change, names.add(name));
  }

  sentences(): readonly string[] {
    return [...this.#changes].map(([change, names]) => `${change}: ${some([...names])}`);
  }
}

/** A list of names as a person reads it: the first few, and how many more. */
export function some(names: readonly string[]): string {
  const named = names.slice(0, MOST_NAMED).map(harmless).join(', ');
  return names.length > MOST_NAMED ? `${named} and ${names.length - MOST_NAMED} more` : named;
}
