import type { Logger } from '../logger.ts'
import { type ShownError, withShownError } from './shown-error.ts'

export type Level = 'info' | 'warn' | 'error'

interface Line {
  readonly level: Level
  readonly message: string
  fields: Readonly<Record<string, unknown>>
  /** When the minute of this line ends. */
  until: number
  repeated: number
  /** The requests that failed in the same way. */
  requests: string[]
}

const minuteMs = 60_000
const mostLines = 500
const mostRequests = 20

/** Fields that tell one cause from another. Ids and counts differ in each line of the same cause. */
const telling = ['event', 'kind', 'workspace', 'address', 'code', 'place', 'problem'] as const

/**
 * A logger that writes what repeats once a minute, with how often it came, and errors so that every logger shows them.
 * A disk that is full for an hour gives sixty lines, not a line for each request.
 */
export class Repeats implements Logger {
  readonly #logger: Logger
  readonly #now: () => number
  readonly #lines = new Map<string, Line>()
  #timer: NodeJS.Timeout | undefined
  /** How many lines there were of each level, with those that are not written. */
  readonly counts: Record<Level, number> = { info: 0, warn: 0, error: 0 }

  /** `now` is a clock in milliseconds that only goes forward. */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger
    this.#now = now
  }

  info(fields: object, message: string): void {
    this.#add('info', fields, message)
  }

  warn(fields: object, message: string): void {
    this.#add('warn', fields, message)
  }

  error(fields: object, message: string): void {
    this.#add('error', fields, message)
  }

  /** Writes what it has counted. */
  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const line of this.#lines.values()) this.#writeRepeated(line)
    this.#lines.clear()
  }

  #add(level: Level, given: object, message: string): void {
    this.counts[level] += 1
    const fields = withShownError(given)
    const key = keyOf(level, fields, message)
    const known = this.#lines.get(key)
    if (known && this.#now() < known.until) {
      count(known, fields)
      return
    }
    if (known) this.#forget(key, known)
    this.#logger[level](fields, message)
    this.#remember(key, { level, message, fields, until: this.#now() + minuteMs, repeated: 0, requests: [] })
  }

  #remember(key: string, line: Line): void {
    for (const [oldest, known] of this.#lines) {
      if (this.#lines.size < mostLines) break
      this.#forget(oldest, known)
    }
    this.#lines.set(key, line)
    this.#timer ??= setInterval(() => this.#tick(), minuteMs / 6).unref()
  }

  #tick(): void {
    const now = this.#now()
    for (const [key, line] of this.#lines) {
      if (now < line.until) continue
      if (line.repeated === 0) this.#lines.delete(key)
      this.#writeRepeated(line)
      line.until = now + minuteMs
    }
    if (this.#lines.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #forget(key: string, line: Line): void {
    this.#lines.delete(key)
    this.#writeRepeated(line)
  }

  #writeRepeated(line: Line): void {
    const { level, message, fields, repeated, requests } = line
    if (repeated === 0) return
    const { request: _, ...others } = fields
    this.#logger[level]({ ...others, repeated, ...(requests.length > 0 && { requests }) }, message)
    line.repeated = 0
    line.requests = []
  }
}

function count(line: Line, fields: Readonly<Record<string, unknown>>): void {
  line.repeated += 1
  line.fields = fields
  if (typeof fields.request === 'string' && line.requests.length < mostRequests)
    line.requests.push(fields.request)
}

function keyOf(level: Level, fields: Readonly<Record<string, unknown>>, message: string): string {
  const { type, code, stack } = (fields.err ?? {}) as Partial<ShownError>
  return JSON.stringify([level, message, ...telling.map((name) => fields[name]), type, code, placeIn(stack)])
}

/** The first line of a stack that names a place in a file; two mistakes of one type are in two places. */
function placeIn(stack = ''): string | undefined {
  return /^\s+at .*$/m.exec(stack)?.[0]
}
