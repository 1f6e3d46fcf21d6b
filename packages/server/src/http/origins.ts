import { StartError } from '../errors.ts'

/** The origins whose pages may connect; undefined admits all. */
export type Origins = ReadonlySet<string> | undefined

/**
 * Reads configured origins.
 * @throws StartError that says what is wrong with one
 */
export function originsOf(configured: readonly string[] | undefined, option: string): Origins {
  if (configured === undefined) return undefined
  const problem = configured.map(originProblem).find((text) => text !== undefined)
  if (problem !== undefined) throw new StartError(`${option}: ${problem}`)
  return new Set(configured)
}

/**
 * The sources of the policy `frame-ancestors` for configured origins, among which `self` means the page's own.
 * @throws StartError that says what is wrong with one
 */
export function frameAncestorsOf(configured: readonly string[], option: string): string {
  originsOf(
    configured.filter((one) => one !== 'self'),
    option,
  )
  return configured.map((one) => (one === 'self' ? "'self'" : one)).join(' ') || "'none'"
}

/** What is wrong with a configured origin; undefined if browsers can send it. */
export function originProblem(origin: string): string | undefined {
  if (origin === '*' || origin === 'null')
    return `expected an origin, got ${origin}; without a list every origin may come`
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/i.test(origin))
    return `expected an origin such as https://chat.example, got ${origin}`
  const written = /^https?:/i.test(origin) ? originOf(origin) : origin.toLowerCase()
  return written === origin ? undefined : `browsers write ${origin} as ${written ?? 'another origin'}`
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}

/**
 * Whether a page of this origin may connect. Browsers write an origin in one way, so nothing is normalized. Programs that are no
 * browser send none, and could send any.
 */
export function isAllowed(origin: string | undefined, origins: Origins): boolean {
  return origins === undefined || origin === undefined || origins.has(origin)
}
