import type * as z from 'zod/mini'

const names: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (value === '') return 'an empty text'
  return names[typeof value] ?? typeof value
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value)
}

function expectation(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${names[issue.expected] ?? issue.expected}`
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(' or ')}`
    case 'invalid_format':
      return issue.format === 'uuid' ? 'expected a UUID' : undefined
    case 'invalid_union': {
      const wanted = issue.errors.map(
        (errors) => errors[0] && expectation(errors[0])?.replace('expected ', ''),
      )
      return `expected ${[...new Set(wanted)].join(' or ')}`
    }
    default:
      return undefined
  }
}

/**
 * Describes what is wrong with a value, in one line for people: `product: expected text, got an object`.
 * Needed because zod/mini without a locale has no texts of its own.
 */
export function describeProblem(error: z.core.$ZodError, value: unknown): string {
  const issue = error.issues[0]
  if (!issue) return 'invalid'
  const at = valueAt(value, issue.path)
  const text = expectation(issue) ?? (issue.message === 'Invalid input' ? 'not valid' : issue.message)
  const got = ['invalid_type', 'invalid_union'].includes(issue.code) || at === '' ? `, got ${kindOf(at)}` : ''
  return `${issue.path.length ? issue.path.map(String).join('.') : 'payload'}: ${text}${got}`
}
