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
      const wanted = issue.errors.flatMap(([first]) => (first ? (wantedBy(first) ?? []) : []))
      return wanted.length > 0 ? `expected ${[...new Set(wanted)].join(' or ')}` : undefined
    }
    default:
      return undefined
  }
}

/** What a form of a union lacks: a part of it, or the value itself. */
function wantedBy(issue: z.core.$ZodIssue): string | undefined {
  return issue.path.length > 0
    ? issue.path.map(String).join('.')
    : expectation(issue)?.replace('expected ', '')
}

/** Of what fits no form of a union, what is wrong with a part that is there, by the form that has it. */
function innermost(issue: z.core.$ZodIssue, value: unknown): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const parts = issue.errors.flatMap(([first]) =>
    first && first.path.length > 0 ? { ...first, path: [...issue.path, ...first.path] } : [],
  )
  return parts.find(({ path }) => valueAt(value, path) !== undefined) ?? issue
}

/**
 * Describes what is wrong with a value, in one line for people: `product: expected text, got an object`.
 * Needed because zod/mini without a locale has no texts of its own.
 */
export function describeProblem(error: z.core.$ZodError, value: unknown): string {
  const [first] = error.issues
  if (!first) return 'invalid'
  const issue = innermost(first, value)
  const at = valueAt(value, issue.path)
  const text = expectation(issue) ?? (issue.message === 'Invalid input' ? 'not valid' : issue.message)
  const got = ['invalid_type', 'invalid_union'].includes(issue.code) || at === '' ? `, got ${kindOf(at)}` : ''
  return `${issue.path.length ? issue.path.map(String).join('.') : 'payload'}: ${text}${got}`
}
