import { RequestError, StartError } from '../errors.ts'

/** What has gone wrong with a value, and where in it. */
interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

/**
 * A schema of any library that follows Standard Schema, version 1 (https://standardschema.dev), such as zod, Valibot or
 * ArkType. It has to answer at once: an asynchronous one is refused.
 */
export interface MetadataSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>
  }
}

/** What the `metadata` that clients write has to be. It is stored as it was sent: a schema checks, and changes nothing. */
export interface MetadataSchemas {
  readonly messageMetadata?: MetadataSchema
  readonly userMetadata?: MetadataSchema
  readonly roomMetadata?: MetadataSchema
  readonly ticketMetadata?: MetadataSchema
}

const kinds = ['messageMetadata', 'userMetadata', 'roomMetadata', 'ticketMetadata'] as const
type Kind = (typeof kinds)[number]

/** Checks metadata. Throws `invalid_payload` with the field and the schema's text. Without a schema, or metadata, nothing is checked. */
export type ExpectMetadata = (kind: Kind, metadata: unknown) => void

/** @throws StartError where something is no schema, or an asynchronous one */
export function metadataChecks(schemas: MetadataSchemas = {}): ExpectMetadata {
  for (const name of Object.keys(schemas)) if (!isKind(name)) throw new StartError(unknownKind(name))
  for (const kind of kinds) {
    const schema: unknown = schemas[kind]
    if (schema !== undefined) expectSchema(kind, schema)
  }
  return (kind, metadata) => {
    const schema = schemas[kind]
    if (schema === undefined || metadata === undefined) return
    const result = schema['~standard'].validate(metadata)
    if (result instanceof Promise) {
      result.catch(() => undefined)
      throw new TypeError(asynchronous(kind))
    }
    const [issue] = result.issues ?? []
    if (issue) throw new RequestError('invalid_payload', `${placeOf(issue)}: ${issue.message}`)
  }
}

function expectSchema(kind: Kind, schema: unknown): void {
  const standard = (schema as Partial<MetadataSchema> | null)?.['~standard']
  if (standard?.version !== 1 || typeof standard.validate !== 'function') {
    const what = 'expected a Standard Schema of version 1, such as a schema of zod, Valibot or ArkType'
    throw new StartError(`schemas.${kind}: ${what}`)
  }
  if (isAsynchronous(standard.validate)) throw new StartError(asynchronous(kind))
}

/** As far as an empty object tells; one that is asynchronous for others only is found out when it is asked. */
function isAsynchronous(validate: MetadataSchema['~standard']['validate']): boolean {
  try {
    const result = validate({})
    if (!(result instanceof Promise)) return false
    result.catch(() => undefined)
    return true
  } catch {
    return false
  }
}

function asynchronous(kind: Kind): string {
  return `schemas.${kind}: expected a schema that answers at once; this one is asynchronous`
}

function unknownKind(name: string): string {
  return `schemas.${name}: there is no such metadata; expected ${kinds.join(', ')}`
}

function isKind(name: string): name is Kind {
  return (kinds as readonly string[]).includes(name)
}

function placeOf({ path = [] }: SchemaIssue): string {
  const keys = path.map((one) => (typeof one === 'object' ? one.key : one))
  return ['metadata', ...keys.map(String)].join('.')
}
