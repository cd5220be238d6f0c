import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BenchError } from '../units/index.ts';
import type { Definition, Field, Idl, Method, ThriftService, ThriftType } from './model.ts';
import { malformed, type Token, tokens } from './tokens.ts';

const SCALARS = ['bool', 'byte', 'i16', 'i32', 'i64', 'double', 'string', 'binary', 'uuid'] as const;
/** Files that include each other have an end. */
const MOST_INCLUDES = 50;

/**
 * Reads an IDL file and what it includes.
 * @throws BenchError usage, with file and line, where it cannot be read or understood.
 */
export function readIdl(file: string, depth = 0): Idl {
  if (depth > MOST_INCLUDES) throw malformed(file, 1, `files include each other more than ${MOST_INCLUDES} deep`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BenchError(
      'usage',
      'IDL_UNREADABLE',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
  return new Parser(file, tokens(text, file)).document((included) =>
    readIdl(path.resolve(path.dirname(file), included), depth + 1),
  );
}

/** The grammar of https://thrift.apache.org/docs/idl, but for what a call does not need: constants are passed over. */
class Parser {
  private readonly file: string;
  private readonly words: readonly Token[];
  private at = 0;
  private readonly definitions = new Map<string, Definition>();
  private readonly services = new Map<string, ThriftService>();
  private readonly includes = new Map<string, Idl>();

  constructor(file: string, words: readonly Token[]) {
    this.file = file;
    this.words = words;
  }

  document(include: (file: string) => Idl): Idl {
    while (this.at < this.words.length) {
      const word = this.next();
      switch (word.text) {
        case 'include': {
          const name = this.next().text;
          this.includes.set(path.basename(name, '.thrift'), include(name));
          break;
        }
        case 'namespace':
          this.at += 2;
          this.annotations();
          break;
        case 'cpp_include':
          this.at += 1;
          break;
        case 'const':
          this.type();
          this.name();
          this.expect('=');
          this.value();
          this.separator();
          break;
        case 'typedef': {
          const type = this.type();
          this.definitions.set(this.name(), { kind: 'typedef', type });
          this.annotations();
          this.separator();
          break;
        }
        case 'enum':
          this.enumeration();
          break;
        case 'struct':
        case 'exception':
        case 'union': {
          const name = this.name();
          this.take('xsd_all');
          this.expect('{');
          this.definitions.set(name, {
            kind: word.text === 'union' ? 'union' : 'struct',
            fields: this.fields('}', false),
          });
          this.annotations();
          break;
        }
        case 'service':
          this.service();
          break;
        default:
          throw malformed(this.file, word.line, `"${word.text}" begins no definition`);
      }
    }
    return { file: this.file, definitions: this.definitions, services: this.services, includes: this.includes };
  }

  private enumeration(): void {
    const name = this.name();
    const values = new Map<string, number>();
    let next = 0;
    this.expect('{');
    while (!this.take('}')) {
      const value = this.name();
      if (this.take('=')) next = Number(this.next().text);
      values.set(value, next);
      next += 1;
      this.annotations();
      this.separator();
    }
    this.annotations();
    this.definitions.set(name, { kind: 'enum', values });
  }

  private service(): void {
    const name = this.name();
    const base = this.take('extends') ? this.name() : undefined;
    const methods: Method[] = [];
    this.expect('{');
    while (!this.take('}')) methods.push(this.method());
    this.annotations();
    this.services.set(name, { name, base, methods });
  }

  private method(): Method {
    const oneway = this.take('oneway') || this.take('async');
    const returns = this.take('void') ? undefined : this.type();
    const name = this.name();
    this.expect('(');
    const args = this.fields(')', true);
    let throws: readonly Field[] = [];
    if (this.take('throws')) {
      this.expect('(');
      throws = this.fields(')', true);
    }
    this.annotations();
    this.separator();
    return { name, oneway, returns, args, throws };
  }

  /** Fields without an id are given negative ones, in their order, as the compiler does. */
  private fields(end: string, arguments_: boolean): readonly Field[] {
    const fields: Field[] = [];
    let implicit = -1;
    while (!this.take(end)) {
      let id = implicit;
      if (/^-?\d+$/u.test(this.peek())) {
        id = Number(this.next().text);
        this.expect(':');
      } else implicit -= 1;
      const required = this.take('required');
      if (!required) this.take('optional');
      const type = this.type();
      this.take('&');
      const name = this.name();
      if (this.take('=')) this.value();
      this.annotations();
      this.separator();
      fields.push({ id, name, type, required: required || arguments_ });
    }
    return fields;
  }

  private type(): ThriftType {
    const word = this.next();
    const type = this.plainType(word);
    this.annotations();
    return type;
  }

  private plainType(word: Token): ThriftType {
    if (word.text === 'i8') return { kind: 'byte' };
    const scalar = SCALARS.find((name) => name === word.text);
    if (scalar !== undefined) return { kind: scalar };
    if (word.text === 'map') {
      this.expect('<');
      const key = this.type();
      this.expect(',');
      const value = this.type();
      this.expect('>');
      return { kind: 'map', key, value };
    }
    if (word.text === 'list' || word.text === 'set') {
      this.expect('<');
      const element = this.type();
      this.expect('>');
      return { kind: word.text, element };
    }
    if (!/^[A-Za-z_]/u.test(word.text) || word.quoted)
      throw malformed(this.file, word.line, `"${word.text}" is no type`);
    return { kind: 'named', name: word.text, line: word.line };
  }

  /** Passes over a constant. */
  private value(): void {
    const open = this.next();
    const close = { '[': ']', '{': '}' }[open.text];
    if (close === undefined || open.quoted) return;
    while (!this.take(close)) {
      if (!this.take(',') && !this.take(';') && !this.take(':')) this.value();
    }
  }

  private annotations(): void {
    if (this.peek() !== '(' || this.words[this.at + 1]?.quoted !== false) return;
    const after = this.words[this.at + 2]?.text;
    if (after !== '=' && after !== ')' && after !== ',') return;
    while (this.next().text !== ')');
  }

  private separator(): void {
    if (!this.take(',')) this.take(';');
  }

  private peek(): string {
    return this.words[this.at]?.text ?? '';
  }

  private next(): Token {
    const word = this.words[this.at];
    if (word === undefined) {
      throw malformed(this.file, this.words.at(-1)?.line ?? 1, 'the file ends within a definition');
    }
    this.at += 1;
    return word;
  }

  private take(text: string): boolean {
    const word = this.words[this.at];
    if (word === undefined || word.quoted || word.text !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    const word = this.next();
    if (word.quoted || word.text !== text)
      throw malformed(this.file, word.line, `"${word.text}" where ${text} should be`);
  }

  private name(): string {
    const word = this.next();
    if (word.quoted || !/^[A-Za-z_]/u.test(word.text))
      throw malformed(this.file, word.line, `"${word.text}" is no name`);
    return word.text;
  }
}
