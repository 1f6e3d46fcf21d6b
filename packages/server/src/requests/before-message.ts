import type { Session } from '@dowellchat/protocol'
import { RequestError, StartError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Asked, Meter } from '../metrics/meter.ts'
import type { StreamKey } from '../stores/store.ts'
import type { ExpectMetadata } from './schemas.ts'
import { type Allowed, allowedBy, type MessageVerdict, type OfferedMessage } from './verdicts.ts'

export interface BeforeMessageContext {
  /** Who sends it. */
  readonly session: Session
  /** Aborted once nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** Decides about a message before it is stored. */
export type BeforeMessage = (
  message: OfferedMessage,
  context: BeforeMessageContext,
) => MessageVerdict | Promise<MessageVerdict>

/** A message to ask about. Two that are under way with the same `name` are asked about once. */
export interface Question {
  readonly name: string
  readonly message: OfferedMessage
  readonly session: Session
}

/** Asks about a message that is not stored yet; answers it as it is allowed, or why it is not. Never rejects. */
export type AskBefore = (question: Question) => Promise<Allowed | RequestError>

interface Parts {
  readonly limits: Pick<Limits, 'beforeMessageMs' | 'beforeMessageCalls'>
  readonly logger: Logger
  readonly meter: Pick<Meter, 'asked'> | undefined
  readonly expectMetadata: ExpectMetadata
}

const late = Symbol('late')

/** Undefined where nobody is to be asked, which costs nothing. */
export function askingBefore(hook: BeforeMessage | undefined, parts: Parts): AskBefore | undefined {
  if (hook === undefined) return undefined
  if (typeof hook !== 'function') throw new StartError('beforeMessage: expected a function')
  const underWay = new Map<string, Promise<Allowed | RequestError>>()
  const judge = judging(hook, parts)
  return (question) => {
    const known = underWay.get(question.name)
    if (known) return known
    const asked = judge(question).finally(() => underWay.delete(question.name))
    underWay.set(question.name, asked)
    return asked
  }
}

function judging(hook: BeforeMessage, { limits, logger, meter, expectMetadata }: Parts): AskBefore {
  /** Calls that have not ended, those too that nobody waits for any more. */
  let calls = 0

  async function call({ message, session }: Question, signal: AbortSignal): Promise<MessageVerdict> {
    calls += 1
    try {
      return await hook(message, { session, signal })
    } finally {
      calls -= 1
    }
  }

  function failed(outcome: Asked, { stream, workspace_id }: StreamKey, error?: unknown): RequestError {
    meter?.asked(outcome)
    const fields = { stream, workspace: workspace_id, outcome, ...(error !== undefined && { error }) }
    logger.error(
      fields,
      'beforeMessage has not answered: the message is not stored, and its sender tries again',
    )
    return new RequestError('unavailable', 'Your message could not be checked now. Try again.')
  }

  return async (question) => {
    const { message } = question
    if (calls >= limits.beforeMessageCalls) return failed('full', message)
    try {
      const verdict = await inTime(limits.beforeMessageMs, (signal) => call(question, signal))
      if (verdict === late) return failed('late', message)
      const allowed = allowedBy(verdict, message, expectMetadata)
      meter?.asked(allowed instanceof RequestError ? 'refused' : verdict ? 'changed' : 'passed')
      return allowed
    } catch (error) {
      return failed('failed', message, error)
    }
  }
}

/** Runs something for so long; it is told when nobody waits any more. */
async function inTime<T>(ms: number, run: (signal: AbortSignal) => Promise<T>): Promise<T | typeof late> {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), ms)
  })
  try {
    const running = run(abort.signal)
    running.catch(() => undefined)
    return await Promise.race([running, over])
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}
