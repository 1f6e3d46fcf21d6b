/** An error as the log shows it. */
export interface ShownError {
  readonly type: string
  readonly message: string
  readonly code?: string | number
  readonly stack?: string
  readonly cause?: unknown
}

const deepestCause = 4

/**
 * What an error says and where it comes from. Drivers put more beside, such as a user's message; that is left out, and so
 * are credentials in texts.
 */
export function shownError(error: unknown, depth = 0): ShownError {
  if (!(error instanceof Error))
    return shown({ type: typeof error, message: withoutCredentials(String(error)) })
  const { name, stack, cause } = error
  const { code } = error as { code?: unknown }
  return shown({
    type: error.constructor.name || name,
    message: withoutCredentials(messageOf(error)),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(stack !== undefined && { stack: withoutCredentials(stack) }),
    ...(cause !== undefined && depth < deepestCause && { cause: shownError(cause, depth + 1) }),
  })
}

/** Fields of a log line with `error` as `err`, which pino and others know; an `error` they would write as `{}`. */
export function withShownError(fields: object): Record<string, unknown> {
  if (!('error' in fields)) return fields as Record<string, unknown>
  const { error, ...others } = fields
  return { ...others, err: shownError(error) }
}

/** Without a prototype, so that pino's serializer of `err` keeps the type and does not take it for an `Object`. */
function shown(error: ShownError): ShownError {
  const named = Object.defineProperty(Object.create(null), 'name', { value: error.type }) as object
  return Object.assign(named, error)
}

/** Node's errors of several failed connections have no text of their own. */
function messageOf(error: Error): string {
  const { message } = error
  if (message !== '' || !(error instanceof AggregateError)) return message
  return error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one))).join('; ')
}

const replacements: readonly (readonly [RegExp, string])[] = [
  // A user and password in a URL.
  [/(:\/\/)[^\s/@]+@/g, '$1[removed]@'],
  // A token.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[removed]'],
]

function withoutCredentials(text: string): string {
  return replacements.reduce((result, [pattern, by]) => result.replace(pattern, by), text)
}
