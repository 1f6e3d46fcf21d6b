// What `findAny` must find; nobody here writes that word.
type Leak = ReturnType<typeof JSON.parse>

export interface Leaks {
  readonly list: readonly Promise<{ readonly deep: Leak }>[]
  readonly method: (given: Leak) => void
  readonly byName: Record<string, Leak>
  readonly sound: Map<string, unknown>
}
export declare function leak<T extends string>(name: T): { readonly name: T; readonly rest: Leak }
