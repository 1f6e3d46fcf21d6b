import { randomUUID } from 'node:crypto'
import type { CallDevice } from '@dowellchat/protocol'
import type { Db, Document } from 'mongodb'
import type { Store } from '../../src/stores/store.ts'
import {
  answerBy,
  callOf,
  change,
  draft,
  drafts,
  newAuditEntry,
  newCall,
  newKey,
  newLineManager,
  newTicket,
  newTopic,
  placedOf,
  range,
  room,
  rowOf,
} from '../../src/testing/store-cases/making.ts'
import { by, doneOf, make, newRoom } from '../../src/testing/store-cases/rooms.ts'

/** Something that is written once, however often it is asked for. */
export interface Write {
  /** Writes it, or finds it written. Throws where the answer is none that a caller may get. */
  run(): Promise<unknown>
  /** How many rows it has written, or how many times it has changed one. */
  count(db: Db): Promise<number>
  /** What `count` is when it is written. */
  readonly whole: number
}

/** Makes what a write to `store` needs, in the same database through another. */
type Prepare = (store: Store, filler: Store) => Promise<Write>

const rowsIn =
  (collection: string, filter: Document) =>
  (db: Db): Promise<number> =>
    db.collection(collection).countDocuments(filter)

const fieldOf =
  (collection: string, id: string, field: string, before = 0) =>
  async (db: Db): Promise<number> => {
    const row = await db.collection<{ _id: string } & Document>(collection).findOne({ _id: id })
    return Number(row?.[field] ?? 0) - before
  }

const creation = (
  whole: number,
  run: () => Promise<unknown>,
  collection: string,
  filter: Document,
): Write => ({ run, count: rowsIn(collection, filter), whole })

/** A device of somebody who is in no other call. */
function someone(): CallDevice {
  return { user_id: randomUUID(), device_id: 'phone' }
}

/** Every kind of write, by its name. */
export const writes: Readonly<Record<string, Prepare>> = {
  'an append of five messages': async (store, filler) => {
    const key = room(`busy ${randomUUID()}`)
    const [first, ...five] = drafts(6)
    await filler.streams.append(key, [first ?? draft()])
    const run = async () => {
      const { appended } = await store.streams.append(key, five)
      const seqs = appended.map((one) => placedOf(one).placed.seq)
      if (seqs.join() !== '2,3,4,5,6') throw new Error(`Appended at ${seqs.join()}`)
    }
    const count = async (db: Db) => (await rowsIn('entries', { stream: key.stream })(db)) - 1
    return { run, count, whole: 5 }
  },

  'a removal of messages': async (store, filler) => {
    const key = room(`gone ${randomUUID()}`)
    await filler.streams.append(key, drafts(3))
    const filter = { stream: key.stream, type: 'deletion' }
    return creation(
      1,
      () => store.streams.remove(key, { targets: [1, 2], reason: 'deleted' }),
      'entries',
      filter,
    )
  },

  'a new ticket': async (store) => {
    const ticket = newTicket()
    const run = async () => rowOf(await store.tickets.create(ticket))
    return creation(1, run, 'tickets', { cid: ticket.cid })
  },

  'closing a ticket': async (store, filler) => {
    const { _id } = rowOf(await filler.tickets.create(newTicket()))
    const run = async () => {
      const closed = await store.tickets.close('acme', _id, 'mia')
      if (!closed?.ticket.is_closed || closed.closing.count !== 1)
        throw new Error(`Closed ${JSON.stringify(closed)}`)
    }
    return { run, count: fieldOf('tickets', _id, 'close_count'), whole: 1 }
  },

  'a new room': async (store) => {
    const row = newRoom()
    const run = async () => rowOf(await store.rooms.create(row))
    return creation(1, run, 'rooms', { cid: row.cid })
  },

  'a new member': async (store, filler) => {
    const { _id, version } = await make(filler)
    const add = { type: 'add', user_ids: ['carl'], ...by('ann') } as const
    const run = async () => {
      const { member_ids } = doneOf(await store.rooms.change('acme', _id, add))
      if (!member_ids.includes('carl')) throw new Error(`Members are ${member_ids.join()}`)
    }
    return { run, count: fieldOf('rooms', _id, 'version', version), whole: 1 }
  },

  'a new call': async (store) => {
    const call = newCall({ caller: someone() })
    const run = async () => rowOf(await store.calls.create(call))
    return creation(1, run, 'calls', { cid: call.cid })
  },

  'an answer to a call': async (store, filler) => {
    const callee = someone()
    const { _id } = rowOf(await filler.calls.create(newCall({ caller: someone(), callee_devices: [callee] })))
    const run = async () => {
      const { state } = callOf(await store.calls.transition('acme', _id, answerBy(callee)))
      if (state !== 'connecting') throw new Error(`The call is ${state}`)
    }
    return { run, count: fieldOf('calls', _id, 'revision'), whole: 1 }
  },

  'shared changes': async (store) => {
    const mark = randomUUID()
    const three = range(1, 3).map((n) => change({ user_id: `${mark} ${n}` }))
    const run = () => store.changes.append(three)
    // They name rows to be read again, and may be said twice.
    const count = async (db: Db) => {
      const filter = { 'change.user_id': { $in: three.map(({ user_id }) => user_id) } }
      return (await db.collection('changes').distinct('change.user_id', filter)).length
    }
    return { run, count, whole: 3 }
  },

  'rows of the audit trail': async (store) => {
    const three = range(1, 3).map(() => newAuditEntry())
    const run = () => store.audit.append('acme', three)
    return creation(3, run, 'audit', { _id: { $in: three.map(({ _id }) => _id) } })
  },

  'a new topic': async (store) => {
    const topic = newTopic(randomUUID())
    const run = async () => rowOf(await store.topics.create(topic))
    return creation(1, run, 'topics', { name: topic.name })
  },

  'a new line manager': async (store) => {
    const manager = newLineManager(randomUUID())
    const run = async () => rowOf(await store.lineManagers.create(manager))
    return creation(1, run, 'line_managers', { user_id: manager.user_id })
  },

  'a new key': async (store) => {
    const key = newKey()
    const run = async () => rowOf(await store.keys.create(key))
    return creation(1, run, 'keys', { cid: key.cid })
  },
}
