/** A value whose JSON is made already. The frame encoder takes the text as it is. */
export class Encoded<T> {
  readonly text: string
  #value: T | undefined

  constructor(text: string) {
    this.text = text
  }

  /** The value itself, for whoever must look inside; read once. */
  get value(): T {
    // The text was made from a parsed T, by `messageOf` and `pageText`.
    this.#value ??= JSON.parse(this.text) as T
    return this.#value
  }
}
