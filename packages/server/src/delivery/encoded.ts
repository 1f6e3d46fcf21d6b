/** A value that is already JSON text. The frame encoder takes the text as it is. */
export class Encoded<T> {
  readonly text: string
  #value: T | undefined

  constructor(text: string) {
    this.text = text
  }

  /** The value itself, parsed when it is first asked for. */
  get value(): T {
    // Stores create the text from a T.
    this.#value ??= JSON.parse(this.text) as T
    return this.#value
  }
}
