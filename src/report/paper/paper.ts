import type { Figure } from '../html/figure.ts';
import type { Table } from '../table.ts';
import type { Marked } from '../words.ts';

/** A section below the first screen: what it says, then its tables and drawings. */
export interface Section {
  /** Of the page's address: lower-case letters and dashes. */
  readonly id: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly tables: readonly Table[];
  readonly figures?: readonly Figure[];
  /** True where a terminal goes without it. */
  readonly aside?: boolean;
}

/**
 * A document about runs, before a format draws it: a comparison, a gate, its proof, its history. No text of it is escaped
 * yet. Every format draws the same paper, so that none says something else than another.
 */
export interface Paper {
  /** Where it belongs: `gate · quickstart`. */
  readonly kind: string;
  readonly title: string;
  /** The answer in one or two sentences. */
  readonly answer: string;
  /** Undefined where nothing is judged. */
  readonly verdict: { readonly mark: Marked; readonly reasons: readonly string[] } | undefined;
  readonly notices: readonly string[];
  /** A few words each. */
  readonly facts: readonly string[];
  /** What might be wrong, most important first. */
  readonly doubts: readonly string[];
  readonly sections: readonly Section[];
  /** The file beside it that holds every number. */
  readonly whole: string;
  /** One sentence: what made it. */
  readonly foot: string;
}
