import { Lexer } from 'yaml';

/**
 * No scenario nests so far. The YAML composer is recursive and cannot be trusted with more: near the end of the stack
 * its regular expressions abort the whole process instead of throwing.
 */
const DEEPEST = 200;

/** A scenario has some hundreds; so few are read in a moment whatever they are. */
const MOST_TOKENS = 20_000;

/** Marks that the lexer puts between the pieces of the text and that are not part of it. */
const DOCUMENT = '\u0002';
const FLOW_END = '\u0018';
const SCALAR = '\u001f';

/** Why a text is not given to the YAML parser, and from which offset on; undefined where it may be. */
export function guard(
  text: string,
  mostTokens = MOST_TOKENS,
): { readonly offset: number; readonly message: string } | undefined {
  const nesting = new Nesting();
  let offset = 0;
  let tokens = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (scalar) scalar = false;
    else if (token === SCALAR) scalar = true;
    else nesting.see(token);
    if (nesting.depth > DEEPEST) return { offset, message: 'is nested too deep' };
    if (tokens > mostTokens) return { offset, message: 'is too long: no scenario has so many parts' };
    if (token !== SCALAR && token !== DOCUMENT && token !== FLOW_END) offset += token.length;
  }
  return undefined;
}

/** An upper bound of the depth at the token that was seen last. */
class Nesting {
  #flow = 0;
  #indicators = 0;
  #indent = 0;
  #lineStart = true;

  get depth(): number {
    return this.#flow + this.#indicators + this.#indent;
  }

  see(token: string): void {
    if (token === '\n' || token === '\r\n') {
      this.#indicators = 0;
      this.#indent = 0;
      this.#lineStart = true;
      return;
    }
    // Each block level takes at least one column of indentation, or one indicator on the same line.
    if (this.#lineStart && this.#flow === 0 && token.startsWith(' ')) this.#indent = token.length;
    if (token !== '') this.#lineStart = false;
    if (token === '[' || token === '{') this.#flow += 1;
    if (token === ']' || token === '}') this.#flow = Math.max(0, this.#flow - 1);
    if (token === FLOW_END) this.#flow = 0;
    if (this.#flow === 0 && (token === '-' || token === '?' || token === ':')) this.#indicators += 1;
  }
}
