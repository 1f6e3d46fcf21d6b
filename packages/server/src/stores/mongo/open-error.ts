import {
  type MongoClient,
  MongoCompatibilityError,
  MongoInvalidArgumentError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'

const unauthorized = 13
const authenticationFailed = 18

/**
 * What is wrong with a MongoDB that cannot be used, and what to do. Never with the URL itself, which has a password.
 * @param opener left out where the URL itself made no sense
 */
export function openError(error: unknown, opener?: MongoClient): StoreOpenError {
  if (error instanceof StoreOpenError) return error
  const cause = rootOf(error)
  const text = hidePassword(messageOf(cause, opener), opener)
  // The driver's own error may have the URL in its text.
  return new StoreOpenError(text)
}

function messageOf(cause: unknown, opener: MongoClient | undefined): string {
  const why = describeError(cause)
  if (!opener || cause instanceof MongoParseError) {
    return `The URL of MongoDB is not understood (${why}): expected mongodb://<user>:<password>@<host>:<port>/<database>`
  }
  const at = `MongoDB at ${hostsOf(opener)}`
  if (cause instanceof MongoInvalidArgumentError)
    return `${at} cannot be asked for that (${why}): correct the URL`
  if (cause instanceof MongoCompatibilityError)
    return `${at} has the wrong version (${why}): run MongoDB 4.4 or newer`
  if (cause instanceof MongoServerError) return refusal(at, cause, opener)
  return `${at} does not answer (${why}): start it, or correct the URL`
}

function refusal(at: string, { code, message }: MongoServerError, opener: MongoClient): string {
  const user = opener.options.credentials?.username
  const who = user ? `the login of ${user}` : 'whoever has no login'
  if (code === authenticationFailed)
    return `${at} refuses ${who}: check user, password and authSource in the URL`
  if (code === unauthorized)
    return `${at} refuses ${who} (${message}): give it the role readWrite on the database`
  return `${at} refuses to be used (${message})`
}

/** What the driver found out about the servers, where it tells of them only that none could be chosen. */
function rootOf(error: unknown): unknown {
  if (error instanceof MongoServerSelectionError) {
    const errors = [...(error.reason?.servers.values() ?? [])].flatMap(({ error }) => error ?? [])
    return errors[0] ?? error
  }
  return error
}

function hostsOf({ options }: MongoClient): string {
  return options.srvHost ?? options.hosts.map((host) => host.toString()).join(', ')
}

function hidePassword(text: string, opener: MongoClient | undefined): string {
  const password = opener?.options.credentials?.password
  if (!password) return text
  return text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***')
}
