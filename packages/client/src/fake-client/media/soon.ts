/** Runs something in a moment, as browsers do with events. No timer: it also works where the test has faked them. */
export function soon(work: () => void): void {
  void Promise.resolve().then(work)
}

/** An event with fields of its own. */
export function eventOf(name: string, fields: object = {}): Event {
  return Object.assign(new Event(name), fields)
}
