import { BenchError } from '../units/index.ts';

/** A word, number, sign or quoted text of an IDL file. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

const SPACE = /(?:\s|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/uy;
const TOKEN =
  /"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<plain>[A-Za-z_][\w.]*|[+-]?(?:0x[\da-fA-F]+|[\d.]+(?:[eE][+-]?\d+)?)|[{}()[\]<>,;:=*&])/uy;

/** The words of an IDL file. @throws BenchError usage where a character belongs to none. */
export function tokens(text: string, file: string): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  let line = 1;
  const passed = (length: number): void => {
    line += text.slice(at, at + length).split('\n').length - 1;
    at += length;
  };
  while (at < text.length) {
    SPACE.lastIndex = at;
    passed(SPACE.exec(text)?.[0].length ?? 0);
    if (at >= text.length) break;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw malformed(file, line, `the character ${JSON.stringify(text[at])} has no meaning here`);
    const quoted = match.groups?.['double'] ?? match.groups?.['single'];
    found.push({ text: quoted ?? match[0], quoted: quoted !== undefined, line });
    passed(match[0].length);
  }
  return found;
}

/** What is wrong in an IDL file, and where. */
export function malformed(file: string, line: number, message: string): BenchError {
  return new BenchError('usage', 'IDL_MALFORMED', `${file}:${line}: ${message}`, {
    hint: 'the Thrift compiler says more: thrift --gen json FILE',
  });
}
