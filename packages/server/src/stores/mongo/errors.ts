import { MongoBulkWriteError, MongoError, MongoInvalidArgumentError, MongoServerError } from 'mongodb'
import { StoreUnavailableError } from '../store.ts'

const duplicateKey = 11_000

/** A key was taken, and whatever was inserted before is as durable as was asked for. */
export function isDuplicate(error: unknown): error is MongoBulkWriteError {
  return (
    error instanceof MongoBulkWriteError &&
    error.code === duplicateKey &&
    error.result.getWriteConcernError() === undefined
  )
}

/** Which of several writes found a key taken. @throws the error where anything else went wrong */
export function takenIn(error: unknown): number[] {
  const isOther = !(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined
  const failed = isOther ? [] : [error.writeErrors].flat()
  if (failed.length === 0 || failed.some(({ code }) => code !== duplicateKey)) throw error
  return failed.map(({ index }) => index)
}

/** A key that a change would have made was taken. */
export function isTaken(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === duplicateKey
}

// BadValue, FailedToParse, TypeMismatch, CommandNotFound, InvalidOptions, DocumentValidationFailure, BSONObjectTooLarge,
// a duplicate key that nobody expected, KeyTooLong, and two for unknown and missing fields of a command.
const mistakes: ReadonlySet<unknown> = new Set([
  2,
  9,
  14,
  59,
  72,
  121,
  10_334,
  duplicateKey,
  17_280,
  40_414,
  40_415,
])

/** A command was waited for long enough. */
function isAbandoned(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError'
}

// What a socket says that the driver passes on as it is: writing to one that the other side has closed meanwhile.
const socketCodes: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])

function isOfSocket(error: unknown): boolean {
  return error instanceof Error && 'code' in error && socketCodes.has(error.code)
}

/**
 * A step that need not succeed, since what counts is written, and has to be told: where the store cannot do it now, there is another
 * answer. @throws mistakes, which must be seen
 */
export async function unlessUnavailable<T>(step: Promise<T>, otherwise: () => T): Promise<T> {
  try {
    return await step
  } catch (error) {
    if (toStoreError(error) instanceof StoreUnavailableError) return otherwise()
    throw error
  }
}

/** What a caller is told: that the store is unavailable, unless the request itself was at fault. */
export function toStoreError(error: unknown): unknown {
  if (isAbandoned(error)) {
    return new StoreUnavailableError('The store is unavailable: a command was not answered', { cause: error })
  }
  if (isOfSocket(error)) return unavailable(error as Error)
  if (!(error instanceof MongoError) || error instanceof MongoInvalidArgumentError) return error
  if (error instanceof MongoServerError && mistakes.has(error.code)) return error
  return unavailable(error)
}

function unavailable(cause: Error): StoreUnavailableError {
  return new StoreUnavailableError(`The store is unavailable: ${cause.message}`, { cause })
}
