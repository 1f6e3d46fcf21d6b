import type { Store } from '../store.ts'

/** The part of the store that a method belongs to. */
export type Domain = Exclude<
  keyof Store,
  'close' | 'nodes' | 'leases' | 'turns' | 'health' | 'onDamaged' | 'onEnded' | 'usedUntil' | 'notRebuilt'
>

/** A domain of the store without its promises: what runs over the database. */
export type Sync<S> = {
  [M in keyof S]: S[M] extends (...args: infer Args) => Promise<infer Result>
    ? (...args: Args) => Result
    : never
}

/** One call of a store's method, as it travels to the thread that runs it. `engine` is the engine itself. */
export type Operation = readonly [domain: Domain | 'engine', method: string, args: readonly unknown[]]

/** Writes something that changes nothing, to see whether the disk takes it. */
export const probe: Operation = ['engine', 'probe', []]

/** What became of an operation. `unavailable`: the store could not take it, rather than it being wrong. */
export type Answer = { readonly value: unknown } | { readonly failure: string; readonly unavailable: boolean }

type OperationKinds = {
  readonly [D in Domain]: { readonly [M in keyof Store[D]]: 'read' | 'page' | 'write' | 'alone' }
}

/**
 * Every method of the store, and whether it needs a transaction that writes, or none at all around it (`alone`). What reads many
 * rows, or long ones, is a `page`.
 */
export const operationKinds: OperationKinds = {
  workspaces: { replaceAll: 'write', list: 'read' },
  streams: {
    append: 'write',
    open: 'write',
    has: 'read',
    seqOf: 'read',
    madeBefore: 'read',
    names: 'read',
    mentionsAfter: 'read',
    head: 'read',
    entries: 'read',
    grown: 'read',
    ends: 'read',
    page: 'page',
    messages: 'page',
    prune: 'write',
    remove: 'write',
    message: 'read',
    change: 'write',
    pinned: 'read',
    reactors: 'read',
    versions: 'read',
    forget: 'write',
  },
  calls: {
    create: 'write',
    get: 'read',
    history: 'page',
    transition: 'write',
    listOpen: 'read',
    listOpenOf: 'read',
    takeOver: 'write',
    owners: 'read',
    listOwned: 'read',
  },
  topics: { create: 'write', get: 'read', update: 'write', list: 'read' },
  lineManagers: {
    create: 'write',
    get: 'read',
    update: 'write',
    remove: 'write',
    attend: 'write',
    absent: 'read',
    observe: 'write',
    finish: 'write',
    observed: 'read',
    serving: 'read',
    list: 'read',
  },
  cannedAnswers: { create: 'write', get: 'read', update: 'write', remove: 'write', list: 'read' },
  shareLinks: {
    create: 'write',
    find: 'read',
    use: 'write',
    giveBack: 'write',
    setMeta: 'write',
    meta: 'read',
  },
  tickets: {
    create: 'write',
    get: 'read',
    getSome: 'read',
    list: 'page',
    close: 'write',
    move: 'write',
    update: 'write',
    touch: 'write',
    firstText: 'read',
    firstSent: 'write',
    unsent: 'read',
    place: 'read',
    countInLine: 'read',
    ordersIn: 'read',
    takePredictions: 'write',
    firstInLine: 'read',
    claimed: 'read',
    has: 'read',
    handBack: 'write',
    overdue: 'read',
    assignWaiting: 'write',
    listOpen: 'read',
    shared: 'read',
    countWaiting: 'read',
  },
  rooms: {
    create: 'write',
    get: 'read',
    membership: 'read',
    memberships: 'read',
    members: 'read',
    memberIds: 'read',
    list: 'page',
    change: 'write',
    pace: 'write',
    shared: 'read',
  },
  readers: {
    get: 'read',
    list: 'page',
    enter: 'write',
    mark: 'write',
    keep: 'write',
    remove: 'write',
    ofStream: 'read',
    move: 'write',
  },
  search: {
    prepare: 'write',
    isComplete: 'read',
    complete: 'write',
    index: 'write',
    behind: 'read',
    drop: 'write',
    tidy: 'write',
    find: 'page',
  },
  threads: { create: 'write', get: 'read', list: 'read', prune: 'write' },
  deliveries: {
    follow: 'write',
    note: 'write',
    due: 'read',
    get: 'read',
    settle: 'write',
    remove: 'write',
    list: 'read',
    told: 'read',
    tell: 'write',
  },
  uploads: {
    create: 'write',
    get: 'read',
    finish: 'write',
    name: 'write',
    cancel: 'write',
    due: 'read',
    decide: 'write',
    expire: 'write',
    forgetDays: 'write',
  },
  users: {
    see: 'write',
    left: 'write',
    update: 'write',
    set: 'write',
    get: 'read',
    settings: 'read',
    search: 'page',
    remove: 'write',
  },
  aliases: { create: 'write', get: 'read', among: 'read', list: 'read', removeAll: 'write' },
  blocks: {
    pairs: 'read',
    create: 'write',
    get: 'read',
    blockers: 'read',
    list: 'read',
    remove: 'write',
    removeAll: 'write',
  },
  reports: { create: 'write', get: 'read', list: 'read', resolve: 'write', forgetMessage: 'write' },
  keys: {
    create: 'write',
    find: 'read',
    get: 'read',
    list: 'read',
    rotate: 'write',
    revoke: 'write',
    used: 'write',
    replaceUser: 'write',
  },
  audit: {
    append: 'write',
    count: 'write',
    list: 'page',
    forgetAddresses: 'write',
    replaceUser: 'write',
  },
  revocations: { revoke: 'write', get: 'read' },
  changes: { append: 'write', after: 'read', head: 'read', rename: 'write', prune: 'write' },
  personal: { read: 'page', erase: 'write', tables: 'read', settle: 'alone' },
}

/** Whether an operation only reads. */
export function isRead(operation: Operation): boolean {
  return kindOf(operation) === 'read' || isPage(operation)
}

/** Whether an operation reads much. */
export function isPage(operation: Operation): boolean {
  return kindOf(operation) === 'page'
}

/** Whether an operation needs no transaction around it. */
export function isAlone(operation: Operation): boolean {
  return kindOf(operation) === 'alone'
}

function kindOf([domain, method]: Operation): string | undefined {
  if (domain === 'engine') return 'write'
  const kinds: Readonly<Record<string, string>> = operationKinds[domain]
  return kinds[method]
}
