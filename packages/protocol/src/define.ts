import type * as z from 'zod/mini'
import type { ErrorCode } from './errors.ts'

export type Schema = z.core.$ZodType

/** What one request looks like: what it takes, what it answers, and the codes it can end with beside the common ones. */
export interface RequestDef {
  readonly payload: Schema
  readonly data: Schema
  readonly errors?: readonly ErrorCode[]
}
export type RequestDefs = Readonly<Record<string, RequestDef>>

/** What the server sends unasked, by event name. */
export type PushDefs = Readonly<Record<string, Schema>>
