/** Takes from a value what a client knows of it; throws if it is something else. */
export type Reader<T = unknown> = (value: unknown) => T

// One for all: where it was thrown says nothing, and it is thrown for each entry that is not of the first kind.
const notReadable = new TypeError()

/** What a reader takes of a value, or undefined if it is something else. */
export function read<T>(reader: Reader<T>, value: unknown): T | undefined {
  try {
    return reader(value)
  } catch {
    return undefined
  }
}

/** The values of which something is true. */
export function where<T>(is: (value: T) => boolean): Reader<T> {
  return (value) => {
    if (!is(value as T)) throw notReadable
    return value as T
  }
}

export const any: Reader = (value) => value
export const bool = where<boolean>((value) => typeof value === 'boolean')
export const text = where<string>((value) => typeof value === 'string')
export const whole = where<number>(Number.isSafeInteger)
export const only = <T extends string>(one: T): Reader<T> => where<T>((value) => value === one)
export const textWhere = (is: (value: string) => boolean): Reader<string> =>
  where<string>((value) => typeof value === 'string' && is(value))
export const wholeWithin = (least: number, most: number): Reader<number> =>
  where<number>((value) => Number.isSafeInteger(value) && value >= least && value <= most)

export const optional = <T>(reader: Reader<T>): Reader<T | undefined> => {
  return (value) => (value === undefined ? value : reader(value))
}

export const nullable = <T>(reader: Reader<T>): Reader<T | null> => {
  return (value) => (value === null ? value : reader(value))
}

/** Servers of earlier versions may lack a field that can be null. */
export const orNull = <T>(reader: Reader<T>): Reader<T | null> => {
  return (value) => (value === undefined || value === null ? null : reader(value))
}

export const list = <T>(reader: Reader<T>): Reader<T[]> => {
  return (value) => where<unknown[]>(Array.isArray)(value).map(reader)
}

/** Lists of so many items at most. */
export const atMost = <T>(most: number, reader: Reader<T[]>): Reader<T[]> => {
  return (value) => where<T[]>(({ length }) => length <= most)(reader(value))
}

export const atLeastOne = <T>(reader: Reader<T[]>): Reader<T[]> => {
  return (value) => where<T[]>(({ length }) => length > 0)(reader(value))
}

/** What the first reader takes that can read it. */
export function oneOf<T>(...readers: Reader<T>[]): Reader<T> {
  return (value) => {
    for (const reader of readers) {
      const taken = read(reader, value)
      if (taken !== undefined) return taken
    }
    throw notReadable
  }
}

/** The known fields of an object, without others. */
export function object<T extends object>(fields: { [K in keyof Required<T>]: Reader<T[K]> }): Reader<T> {
  const known = Object.entries<Reader>(fields)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notReadable
    const taken: Record<string, unknown> = {}
    for (const [name, reader] of known) {
      const field = reader((value as Record<string, unknown>)[name])
      if (field !== undefined) taken[name] = field
    }
    // Each field is what its reader gives.
    return taken as T
  }
}
