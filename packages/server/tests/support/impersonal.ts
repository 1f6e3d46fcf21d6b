import type { Names } from './sample-payloads.ts'

/** An answer without the names that were asked for, and without what every row has of its own. */
export function impersonal(answer: unknown, names: Names): string {
  const text = Object.entries(names).reduce(
    (left, [what, name]) => left.replaceAll(name, `<${what}>`),
    JSON.stringify(answer),
  )
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/\b\d{20}\b/g, '<link id>')
}
