import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ContractDocument, contractDocument, packageVersion, readSnapshot } from './contract.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The requests, pushes and fields that the last released wire does not have and no changeset or changelog names. */
export function unannouncedNames(): string[] {
  const before = new Set(pathsOf(previous()))
  const added = pathsOf(contractDocument()).filter((path) => !before.has(path))
  const names = new Set(added.map((path) => path.split('.').at(-1) ?? path))
  const texts = announcements()
  return [...names].filter((name) => !new RegExp(`\\b${name}\\b`).test(texts))
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

/** Every event, and every field of one, as a path whose last part is its name. */
function pathsOf({ requests, pushes }: ContractDocument): string[] {
  return Object.entries({ ...requests, ...pushes }).flatMap(([event, schema]) => [
    event,
    ...fieldsOf(schema).map((field) => `${event}.${field}`),
  ])
}

function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties } = schema as { properties?: object }
  const inside = Object.values(schema).flatMap(fieldsOf)
  return properties ? [...Object.keys(properties), ...inside] : inside
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
