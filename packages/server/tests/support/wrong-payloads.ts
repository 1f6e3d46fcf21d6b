import { randomUUID } from 'node:crypto'
import { limits, type PayloadOf, type RequestName, requests } from '@dowellchat/protocol'
import { jsonSchema } from '../../../protocol/scripts/json-schema.ts'
import { type Names, samplesOf } from './sample-payloads.ts'

const names: Names = {
  socket: 'eve',
  user: 'max',
  room: 'r',
  call: 'x',
  ticket: 'x',
  message: 'x',
  epoch: 'e',
  topic: 'sales',
  key: 'x',
  audit: 'x',
  members: '~x',
  invite: '~x.y',
  upload: 'x',
}

/** A payload that the request takes, with every field; under a cid of its own. */
export function validPayload<K extends RequestName>(name: K): PayloadOf<K> {
  const [payload] = samplesOf(name, names, randomUUID())
  if (!payload) throw new Error(`samplePayloads has an empty list for ${name}`)
  return payload
}

export const requestNames = Object.keys(requests) as RequestName[]

/** The part of JSON Schema that the contract's payloads use. */
export interface FieldSchema {
  readonly type?: string
  readonly format?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly anyOf?: readonly FieldSchema[]
  readonly items?: FieldSchema
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
}

export function schemaOf(name: RequestName): FieldSchema {
  return jsonSchema(requests[name].payload) as FieldSchema
}

export const operators: readonly unknown[] = [
  { $ne: null },
  { $gt: '' },
  { $regex: '.*' },
  { $where: 'sleep(5000)' },
  { $in: ['x', 'y'] },
  { toString: 1 },
  { length: 1e9 },
]
const lists = [[], ['x'], ['x', 'y'], [{}]]

function wrongTexts({ format, maxLength = 0 }: FieldSchema): unknown[] {
  const tooLong =
    maxLength > 1_000
      ? ['x'.repeat(maxLength + 1), '🦄'.repeat(maxLength + 1).slice(0, 33_000)]
      : ['x'.repeat(maxLength + 1)]
  if (format === 'uuid') return ['x', '__proto__', 'x'.repeat(10_000), '00000000-0000-0000-0000-00000000000g']
  const invisible = maxLength > 1_000 ? [] : ['a\nb', '\u202ex', 'a\u200bb', '\ufeff', '\u001b[2J']
  return [' ', '\t\n', 'a\u0000b', '\ud800', ...invisible, ...tooLong]
}

/** Values of H43, H45 and H46 that a field must not take. */
function wrongValues(field: FieldSchema): unknown[] {
  if (field.anyOf) {
    const others = field.anyOf.filter(({ type }) => type !== 'null')
    return others.flatMap(wrongValues).filter((value) => value !== null)
  }
  switch (field.type) {
    case 'string':
      return [null, 7, true, '', {}, ...lists, ...operators, ...wrongTexts(field)]
    case 'integer':
    case 'number': {
      const { type, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = field
      const whole = type === 'integer' ? [1.5, 2 ** 53] : []
      return [
        null,
        '1',
        true,
        '',
        {},
        minimum - 1,
        maximum + 1,
        1e300,
        -1e300,
        ...whole,
        ...lists,
        ...operators,
      ]
    }
    case 'boolean':
      return [null, 0, 1, '', 'true', {}, ...lists, ...operators]
    case 'object': {
      const none = [null, 7, true, 'x', ...lists]
      // Metadata takes every object: an operator in it is data.
      if (!field.properties) return [...none, { text: 'x'.repeat(limits.metadata_bytes) }]
      return [...none, {}, ...operators]
    }
    case 'array': {
      const one = field.items ? wrongValues(field.items) : []
      const none = [null, 7, true, '', 'x', {}, [[]], ...operators]
      return [...none, ...one.map((value) => [value])]
    }
    default:
      // A signal: an object or a text, whatever is in it.
      return [null, 7, true, '', [], ['x'], 'x'.repeat(limits.signal_bytes + 1)]
  }
}

/** What a request does not take beside otherwise valid fields: `[field, payload]`. */
export function wrongFields(
  { properties = {}, required = [] }: FieldSchema,
  base: object,
): [string, object][] {
  return Object.entries(properties).flatMap(([name, field]): [string, object][] => {
    // H51: a client's claim about the time fails nothing.
    if (name === 'client_created_at') return []
    const { [name]: own, ...without } = base as Record<string, unknown>
    const missing: [string, object][] = required.includes(name) ? [[name, without]] : []
    const wrong = wrongValues(field).map((value): [string, object] => [name, { ...base, [name]: value }])
    const inside = field.properties ? wrongFields(field, own as object) : []
    const [first] = Array.isArray(own) ? own : []
    const within = field.items?.properties && first ? wrongFields(field.items, first as object) : []
    return [
      ...missing,
      ...wrong,
      ...inside.map(([inner, value]): [string, object] => [inner, { ...base, [name]: value }]),
      ...within.map(([inner, value]): [string, object] => [inner, { ...base, [name]: [value] }]),
    ]
  })
}

/** H41: payloads that are none; each row is the arguments. H49 where the request asks for anything. */
export function wrongPayloads(name: RequestName): unknown[][] {
  const objects = [
    {},
    { toJSON: 1 },
    JSON.parse('{"then":1}') as object,
    { _placeholder: true, num: 0 },
    { length: 1e9 },
    { hasOwnProperty: 1 },
    JSON.parse('{"__proto__":{"isAdmin":true}}') as object,
    { constructor: { prototype: { isAdmin: true } } },
  ]
  const none = [
    [],
    [null],
    [[]],
    ['x'],
    [0],
    [true],
    [[{}]],
    [[validPayload(name)]],
    [validPayload(name), {}],
    [validPayload(name), null],
  ]
  return schemaOf(name).required?.length ? [...none, ...objects.map((payload) => [payload])] : none
}
