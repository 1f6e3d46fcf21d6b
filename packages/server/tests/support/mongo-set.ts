import { type Document, Long, ObjectId } from 'mongodb'
import { errorAnswer } from './mongo-errors.ts'
import { type MongoProxy, type Rule, startMongoProxy } from './mongo-proxy.ts'

/** A replica set whose members are proxies to one server, so that all have the same data; one of them at most is primary. */
export interface MongoSet {
  readonly url: string
  readonly members: readonly MongoProxy[]
  /**
   * Makes another member the primary, or none. The old primary cuts its connections, as one that is killed, unless it
   * `keepsConnections`, as one that steps down.
   */
  elect(member: number | undefined, more?: { readonly keepsConnections?: boolean }): void
  /** Sets the same trouble at all members. */
  set(rule: Rule | undefined): void
  close(): void
}

const isWrite = (name: string) =>
  ['insert', 'update', 'delete', 'findAndModify', 'createIndexes'].includes(name)
const isRead = (name: string) => ['find', 'aggregate', 'getMore', 'listCollections'].includes(name)

const notPrimaryNoSecondaryOk = {
  ...errorAnswer('NotWritablePrimary'),
  code: 13_435,
  codeName: 'NotPrimaryNoSecondaryOk',
}

/** Starts a set of two proxies before a server that is a replica set. @param options.isPolled: it tells no news by itself */
export async function startMongoSet(
  server: { readonly host: string; readonly port: number },
  { isPolled = false }: { readonly isPolled?: boolean } = {},
): Promise<MongoSet> {
  let [primary, term]: [number | undefined, number] = [0, 1]
  const ports: number[] = []
  const processId = new ObjectId()
  const address = (member: number) => `127.0.0.1:${ports[member]}`

  function helloOf(member: number, answer: Document): Document {
    if (typeof answer.setName !== 'string') return answer
    const isPrimary = member === primary
    const { electionId: _, primary: __, isWritablePrimary: ___, ismaster: ____, ...rest } = answer
    return {
      ...rest,
      hosts: ports.map((_, at) => address(at)),
      me: address(member),
      isWritablePrimary: isPrimary,
      ismaster: isPrimary,
      secondary: !isPrimary,
      ...(primary !== undefined && { primary: address(primary) }),
      ...(isPrimary && { electionId: electionId(term) }),
      ...(!isPolled && { topologyVersion: { processId, counter: Long.fromNumber(term) } }),
    }
  }

  const guard =
    (member: number): Rule =>
    ({ name }) => {
      if (member === primary) return undefined
      if (isWrite(name)) return { error: errorAnswer('NotWritablePrimary') }
      return isRead(name) ? { error: notPrimaryNoSecondaryOk } : undefined
    }

  const members: MongoProxy[] = []
  for (let member = 0; member < 2; member++) {
    const hello = (answer: Document) => helloOf(member, answer)
    members.push(await startMongoProxy(server, { hello, guard: guard(member) }))
    ports.push(members[member]?.port ?? 0)
  }

  return {
    url: `mongodb://${ports.map((_, at) => address(at)).join(',')}/`,
    members,
    elect(member, { keepsConnections = false } = {}) {
      const old = primary
      primary = member
      term += 1
      if (old !== undefined && !keepsConnections) members[old]?.cutAll()
      for (const one of members) one.announce()
    },
    set(rule) {
      for (const member of members) member.set(rule)
    },
    close() {
      for (const member of members) member.close()
    },
  }
}

function electionId(term: number): ObjectId {
  return new ObjectId(`7fffffff${term.toString(16).padStart(16, '0')}`)
}
