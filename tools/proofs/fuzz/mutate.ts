import { pick, type Random } from '../stores/random.ts'
import { hostileValue } from './hostile-values.ts'

type Payload = Record<string, unknown>
type Mutation = (random: Random, payload: Payload, names: readonly string[]) => void

const anyField = (random: Random, payload: Payload): string => pick(random, [...Object.keys(payload), 'x'])

/** A copy of a payload with something wrong in it, or at least odd. */
export function mutated(random: Random, payload: object, names: readonly string[]): Payload {
  const copy: Payload = { ...payload }
  const times = 1 + Math.floor(random() * 2)
  for (let time = 0; time < times; time++) pick(random, mutations)(random, copy, names)
  return copy
}

const mutations: readonly Mutation[] = [
  (random, payload) => {
    payload[anyField(random, payload)] = hostileValue(random)
  },
  (random, payload) => {
    delete payload[anyField(random, payload)]
  },
  (random, payload) => {
    Object.defineProperty(payload, pick(random, oddKeys), {
      value: hostileValue(random),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  },
  (random, payload, names) => {
    payload[anyField(random, payload)] = pick(random, names)
  },
  (random, payload) => {
    const field = anyField(random, payload)
    payload[field] = random() < 0.5 ? [payload[field]] : { [field]: payload[field] }
  },
  (random, payload) => {
    payload[anyField(random, payload)] = payload[anyField(random, payload)]
  },
]

const oddKeys = [
  '__proto__',
  'constructor',
  'then',
  'toJSON',
  '_id',
  'seq',
  'author',
  'role',
  'workspace_id',
  'api_key',
  'cid',
  '$where',
]

/** The text of a frame with a few characters changed, added, repeated or left out. */
export function scratched(random: Random, frame: string): string {
  const at = Math.floor(random() * frame.length)
  const length = 1 + Math.floor(random() * 8)
  const pieces: readonly string[] = [
    '',
    String.fromCharCode(Math.floor(random() * 0xffff)),
    '"',
    '\\',
    '{',
    ']',
    '0',
    ',',
    frame.slice(at, at + length).repeat(3),
  ]
  return frame.slice(0, at) + pick(random, pieces) + frame.slice(at + (random() < 0.5 ? length : 0))
}
