import type { LiveState } from '../live/live.ts'

/** The hook is given `skip` and loads nothing. */
export type Skipped<Empty extends object = object> = Empty & {
  readonly status: 'skipped'
  readonly sync: 'offline'
  readonly error: null
}

/**
 * What a hook shows: nothing while it is given `skip`, otherwise what it loads. Narrows by `status`: only a `ready` hook has
 * its data, only one with `error` surely has an error. Going offline changes `sync` alone: what is ready stays ready.
 */
export type HookState<Data extends object = object, Empty extends object = Data> =
  | Skipped<Empty>
  | LiveState<Data, Empty>

/** The same fields, of which some are null, since nothing is loaded. */
export type Missing<Data, Name extends keyof Data> = {
  readonly [Key in keyof Data]: Key extends Name ? null : Data[Key]
}

/** The state of whatever is skipped. */
export const skipped = { status: 'skipped', sync: 'offline', error: null } as const
