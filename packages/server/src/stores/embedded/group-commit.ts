import { describeError } from '../describe-error.ts'
import { StoreUnavailableError } from '../store.ts'
import { type Answer, isRead, type Operation } from './operations.ts'
import { type Waiting, WaitingOperations } from './waiting.ts'

/** Where an engine runs. It rejects where nobody can tell what became of a batch. */
export interface Backend {
  run(batch: readonly Operation[]): Promise<Answer[]>
  /** @param isStuck whether a batch is not answered: nothing that waits for the disk can be waited for then */
  close(isStuck?: boolean): Promise<void>
}

/** What became of the last operations. */
export interface Outcome {
  /** Why the last reads, or writes, were refused; null if they were answered. */
  readonly reads: string | null
  readonly writes: string | null
}

/** Operations from all sides, committed together. What is written is so in the order in which it was called. */
export interface GroupCommit {
  /** Answers or rejects within the deadline. What was refused while it waited is never run. */
  submit(operation: Operation): Promise<unknown>
  outcome(): Outcome
  /** Finishes what was submitted; refuses everything later. Rejects rather than wait for a disk that hangs. */
  close(): Promise<void>
}

/** Operations that may wait for the batch in flight. */
const queueLimit = 20_000
export const defaultDeadlineMs = 2_000

/** One batch is in flight while the next gathers; no timer waits for company. */
export function groupCommit(backend: Backend, deadlineMs: number = defaultDeadlineMs): GroupCommit {
  const waiting = new WaitingOperations()
  let inFlight: readonly Waiting[] = []
  let inFlightSince = 0
  let problems: Outcome = { reads: null, writes: null }
  let timer: NodeJS.Timeout | undefined
  let draining: Promise<void> | undefined
  let closing: Promise<void> | undefined
  let onStuck: () => void = () => {}

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Whoever is called by the same code comes along; company from elsewhere has waited in its own queue.
      await Promise.resolve()
      const batch = waiting.take()
      inFlight = batch
      inFlightSince = performance.now()
      const answers = await answersOf(batch.map(({ operation }) => operation))
      inFlight = []
      for (const [index, one] of batch.entries()) settle(one, answers[index] ?? lostAnswer)
      note(batch, answers)
    }
    draining = undefined
  }

  async function answersOf(operations: readonly Operation[]): Promise<Answer[]> {
    try {
      return await backend.run(operations)
    } catch (error) {
      return operations.map(() => ({ failure: describeError(error), unavailable: true }))
    }
  }

  /** Keeps what is wrong, until the same kind of operation succeeds. */
  function note(batch: readonly Waiting[], answers: readonly Answer[]): void {
    if (problems === noProblems && answers.every(isValue)) return
    let { reads, writes } = problems
    for (const [index, { operation }] of batch.entries()) {
      const answer = answers[index] ?? lostAnswer
      const problem = isValue(answer) ? null : answer.failure
      if (problem !== null && !isUnavailable(answer)) continue
      if (isRead(operation)) reads = problem
      else writes = problem
    }
    problems = reads === null && writes === null ? noProblems : { reads, writes }
  }

  function isStuck(): boolean {
    return inFlight.length > 0 && performance.now() - inFlightSince >= deadlineMs
  }

  /** Refuses what has waited too long. One timer serves all: most of what it looks for has long been answered. */
  function expire(): void {
    timer = undefined
    const before = performance.now() - deadlineMs
    for (const one of waiting.takeUntil(before)) one.reject(noAnswer(deadlineMs))
    for (const one of inFlight) if (one.since <= before) refuseLate(one, deadlineMs)
    if (isStuck()) onStuck()
    watch(before)
  }

  /** Looks again when the oldest of what is not refused yet has waited too long. */
  function watch(before: number): void {
    const refusedNext = inFlight.find(({ since }) => since > before)?.since
    const stuckNext = inFlight.length > 0 && !isStuck() ? inFlightSince : undefined
    const due = Math.min(refusedNext ?? never, stuckNext ?? never, waiting.since) + deadlineMs
    if (due === never) return
    // After the answers that have come while this thread was busy.
    const look = (): void => void setImmediate(expire)
    timer = setTimeout(look, Math.max(due - performance.now(), stepMs)).unref()
  }

  return {
    submit(operation) {
      if (closing) return Promise.reject(new StoreUnavailableError('The store is closed'))
      if (isStuck()) return Promise.reject(noAnswer(deadlineMs))
      if (waiting.length >= queueLimit) return Promise.reject(tooMuch())
      return new Promise((resolve, reject) => {
        waiting.add({ operation, since: performance.now(), resolve, reject })
        draining ??= drain()
        if (timer === undefined) watch(0)
      })
    },

    outcome() {
      const problem = isStuck() ? noAnswer(deadlineMs).message : null
      return problem === null ? problems : { reads: problem, writes: problem }
    },

    close() {
      closing ??= (async () => {
        const stuck = new Promise<void>((resolve) => {
          onStuck = resolve
          if (isStuck()) resolve()
        })
        await Promise.race([draining ?? Promise.resolve(), stuck])
        clearTimeout(timer)
        const hangs = isStuck()
        await backend.close(hangs)
        if (hangs) throw noAnswer(deadlineMs)
      })()
      return closing
    },
  }
}

const never = Number.POSITIVE_INFINITY
const noProblems: Outcome = { reads: null, writes: null }
/** How often what waits is looked at, at most. */
const stepMs = 50
const lostAnswer: Answer = { failure: 'The store gave no answer', unavailable: true }

function noAnswer(deadlineMs: number, later?: Promise<unknown>): StoreUnavailableError {
  const message = `The store is unavailable: the disk does not answer within ${deadlineMs} ms`
  return new StoreUnavailableError(message, { ...(later && { later }) })
}

/** Refuses an operation under way, once. It may be done nevertheless. */
function refuseLate(one: Waiting, deadlineMs: number): void {
  if (one.isLate) return
  one.isLate = true
  const { reject } = one
  const later = new Promise<unknown>((resolve, reject) => Object.assign(one, { resolve, reject }))
  later.catch(() => undefined)
  reject(noAnswer(deadlineMs, later))
}

function tooMuch(): StoreUnavailableError {
  return new StoreUnavailableError('The store is unavailable: too much waits for the disk')
}

function isValue(answer: Answer): answer is { readonly value: unknown } {
  return 'value' in answer
}

function isUnavailable(answer: Answer): boolean {
  return !isValue(answer) && answer.unavailable
}

function settle({ resolve, reject }: Waiting, answer: Answer): void {
  if (isValue(answer)) resolve(answer.value)
  else if (answer.unavailable)
    reject(new StoreUnavailableError(`The store is unavailable: ${answer.failure}`))
  else reject(new Error(answer.failure))
}
