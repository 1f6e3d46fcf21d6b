import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ContractDocument, contractDocument, packageVersion, readSnapshot } from './contract.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The requests, pushes and fields that the last released wire does not have and no changeset or changelog names. */
export function unannouncedNames(): string[] {
  const before = fieldsByEvent(previous())
  const added = [...fieldsByEvent(contractDocument())].flatMap(([event, fields]) => {
    const known = before.get(event)
    // The fields of a new event are new with it.
    return known ? [...fields].filter((field) => !known.has(field)) : [event.split(' ')[1] ?? event]
  })
  const texts = announcements()
  return [...new Set(added)].filter((name) => !new RegExp(`\\b${name}\\b`).test(texts))
}

/** The newest snapshot of an earlier version, or that of the present one while it is the first. */
function previous(): ContractDocument {
  const versions = readdirSync(new URL('../contract', import.meta.url)).map((file) =>
    file.replace('.json', ''),
  )
  const sorted = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const earlier = sorted.filter((version) => version !== packageVersion())
  const snapshot = readSnapshot(earlier.at(-1) ?? packageVersion())
  if (!snapshot) throw new Error('There is no snapshot in packages/protocol/contract: run `pnpm contract`')
  return snapshot
}

/** The names of the fields of every `request …` and `push …`, at any depth. */
function fieldsByEvent({ requests, pushes }: ContractDocument): Map<string, Set<string>> {
  const events = [
    ...Object.entries(requests).map(([name, schema]) => [`request ${name}`, schema] as const),
    ...Object.entries(pushes).map(([name, schema]) => [`push ${name}`, schema] as const),
  ]
  return new Map(events.map(([event, schema]) => [event, new Set(fieldsOf(schema))]))
}

function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties = {} } = schema as { properties?: object }
  return [...Object.keys(properties), ...Object.values(schema).flatMap(fieldsOf)]
}

/** What users read about changes: those to be released, and those that were. */
function announcements(): string {
  const changesets = readdirSync(`${root}.changeset`).filter((file) => file.endsWith('.md'))
  const packages = readdirSync(`${root}packages`)
  const files = [
    ...changesets.map((file) => `.changeset/${file}`),
    ...packages.map((name) => `packages/${name}/CHANGELOG.md`),
  ]
  return files.map((file) => readFileSync(root + file, 'utf8')).join('\n')
}
