/** Why an answer cannot be understood, where others on its connection can. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}
