interface Asking<T> {
  readonly answer: Promise<T>
  next?: Promise<T>
}

/** Lets those who ask the same at the same time share a question, which begins after they have asked. */
export class SharedQuestions<T> {
  readonly #asking = new Map<string, Asking<T>>()

  /** Nobody gets what was answered before they asked; a burst costs two questions. */
  ask(about: string, ask: () => Promise<T>): Promise<T> {
    const underWay = this.#asking.get(about)
    if (!underWay) return this.#begin(about, ask)
    // What is under way may have been answered in part before this one asked. Its failure is not theirs.
    const begin = (): Promise<T> => this.#begin(about, ask)
    underWay.next ??= underWay.answer.then(begin, begin)
    return underWay.next
  }

  #begin(about: string, ask: () => Promise<T>): Promise<T> {
    const answer = ask().finally(() => {
      if (!this.#asking.get(about)?.next) this.#asking.delete(about)
    })
    this.#asking.set(about, { answer })
    return answer
  }
}
