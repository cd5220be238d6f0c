/** Controls, formatting and bidirectional marks, lone surrogates, private use, and fillers that draw nothing. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** Longest text that a report prints of one value that it did not write itself, in UTF-16 units. */
const LONGEST = 2000;

/**
 * Makes every character of a text from outside visible, and bounds its length. What a record holds may be hostile:
 * escape sequences, marks that turn the direction of writing, megabytes in one word. Such characters are replaced by
 * their number, `‹U+001B›`, never dropped, so that nobody is misled about what was there.
 */
export function visible(text: string, longest = LONGEST): string {
  const kept = text.length > longest ? text.slice(0, longest).replace(/[\ud800-\udbff]$/u, '') : text;
  const shown = kept.replace(INVISIBLE, codePoint);
  return kept === text ? shown : `${shown}… (${(text.length - kept.length).toLocaleString('en-US')} more characters)`;
}

function codePoint(character: string): string {
  return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}
