import { StoreUnavailableError } from './store.ts'

/** For how long it is looked for what a store was asked to write and has not answered: it may take that late. */
export const lateMs = 15_000

const unavailable = new StoreUnavailableError().name

/** Compares names, because a driver may bring its own copy of the class. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof Error && error.name === unavailable
}
