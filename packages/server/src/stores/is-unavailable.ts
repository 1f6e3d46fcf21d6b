import { StoreUnavailableError } from './store.ts'

const unavailable = new StoreUnavailableError().name

/** Compares names, because a driver may bring its own copy of the class. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof Error && error.name === unavailable
}
