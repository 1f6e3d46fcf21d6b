import type * as z from 'zod/mini'
import type { SpecificCode } from './errors.ts'

export type Schema = z.core.$ZodType

/** One request: the payload it takes, the data it answers with, and the error codes that it can end with beside the common ones. */
export interface RequestDef {
  readonly payload: Schema
  readonly data: Schema
  readonly errors?: readonly SpecificCode[]
}
export type RequestDefs = Readonly<Record<string, RequestDef>>

/** Pushes (what the server sends without a request), by event name. */
export type PushDefs = Readonly<Record<string, Schema>>
