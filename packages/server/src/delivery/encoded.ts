/** A value that is already JSON text. The frame encoder takes the text as it is. */
export class Encoded<T> {
  readonly text: string
  #value: WeakRef<T & object> | undefined

  constructor(text: string) {
    this.text = text
  }

  /** The value itself, parsed when it is first asked for; what keeps the text for long does not keep the value too. */
  get value(): T {
    const known = this.#value?.deref()
    if (known) return known
    // Stores create the text from a T, which is an object or a list.
    const value = JSON.parse(this.text) as T & object
    this.#value = new WeakRef(value)
    return value
  }
}
