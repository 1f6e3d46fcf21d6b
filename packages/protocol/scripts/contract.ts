import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RequestDefs } from '../src/define.ts'
import { type ErrorCode, errorMeanings, errors, limits, pushes, requests } from '../src/index.ts'
import { v2Requests } from '../src/v2/index.ts'
import { jsonSchema } from './json-schema.ts'

/** The wire as JSON Schema: what a release promises to the clients of earlier ones. */
export interface ContractDocument {
  errors: object
  limits: object
  requests: Record<string, { payload: object; data: object; errors: readonly string[] }>
  pushes: Record<string, object>
  v2: Record<string, { payload: object; event: string; operation: string }>
}

const incoming = jsonSchema
// Receivers ignore unknown fields, so an answer's schema does not forbid them either.
const outgoing = incoming

/** Writes the contract down as it is in the source. */
export function contractDocument(): ContractDocument {
  return {
    errors: Object.fromEntries(
      Object.entries(errors).map(([code, error]) => [
        code,
        { ...error, meaning: errorMeanings[code as ErrorCode] },
      ]),
    ),
    limits,
    requests: map({ ...requests } as RequestDefs, (request) => ({
      payload: incoming(request.payload),
      data: outgoing(request.data),
      errors: request.errors ?? [],
    })),
    pushes: map({ ...pushes }, outgoing),
    v2: map({ ...v2Requests }, ({ payload, event, operation }) => ({
      payload: incoming(payload),
      event,
      operation,
    })),
  }
}

function map<T, R>(
  record: Readonly<Record<string, T>> | object,
  convert: (value: T) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(value as T)]))
}

/** Where the snapshot of a version is. */
export function snapshotFile(version: string): string {
  return fileURLToPath(new URL(`../contract/${version}.json`, import.meta.url))
}

/** The wire of a version as its snapshot has it; undefined without one. */
export function readSnapshot(version: string): ContractDocument | undefined {
  const file = snapshotFile(version)
  if (!existsSync(file)) return undefined
  // The text is a document that this script has written.
  const {
    version: _version,
    commit: _commit,
    ...document
  } = JSON.parse(readFileSync(file, 'utf8')) as ContractDocument & { version?: string; commit?: string }
  return document
}

export function packageVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version = packageVersion()
  if (existsSync(snapshotFile(version))) {
    console.error(
      `contract/${version}.json exists and stays as it is. A changed wire needs a new version: ` +
        'run `pnpm changeset` and `pnpm run version`, then `pnpm contract`. ' +
        `If version ${version} is not released yet, delete the file first.`,
    )
    process.exit(1)
  }
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  writeFileSync(
    snapshotFile(version),
    `${JSON.stringify({ version, commit, ...contractDocument() }, null, 2)}\n`,
  )
  console.log(`Wrote contract/${version}.json`)
}
