import { limits } from '@dowellchat/protocol'
import {
  aspectOf,
  changeable,
  changedRow,
  changeOf,
  cidTaken,
  type Decided,
  decide,
  type GivenReaction,
  type Looked,
  noMessage,
  reactorsLooked,
} from '../changing.ts'
import { newId } from '../ids.ts'
import { messageIn } from '../removal.ts'
import type { ChangeDraft, ChangeOutcome, StreamKey } from '../store.ts'
import { damageOf } from '../whole-entries.ts'
import type { Database } from './database.ts'
import type { Logs, MongoLog } from './logs.ts'
import type { MessageAt } from './message-at.ts'
import type { Pending, PendingChange, Pendings } from './pending.ts'
import type { Open, Place, SilentDraft } from './placing.ts'
import { asRead } from './removing.ts'
import type { Words } from './search/words.ts'
import { above } from './where.ts'

export interface Changing {
  /** Completes a change that has begun; answers false if its cid has made something else. */
  complete(log: MongoLog, pending: PendingChange): Promise<boolean>
  change(pendings: Pendings, key: StreamKey, draft: ChangeDraft): Promise<ChangeOutcome>
}

interface ChangingParts {
  readonly place: Place
  readonly messageAt: MessageAt
  readonly words: Pick<Words, 'has' | 'put'>
}

/** Changes messages: decides, begins, appends the change, and then changes the message's row. */
export function mongoChanging(
  { deadlines }: Database,
  { entries, find }: Logs,
  { place, messageAt, words }: ChangingParts,
): Changing {
  async function lookUp({ workspace_id, stream }: StreamKey, draft: ChangeDraft): Promise<Looked> {
    const { content, user_ids, target } = draft
    if (content.change === 'pinned') {
      const where = { workspace_id, stream, pinned_seq: above(0) }
      return { pins: (await entries.find(where, { fields: ['seq'], limit: limits.pins })).length }
    }
    if (!('reaction' in content)) return {}
    const where = { workspace_id, stream, about: target.seq, aspect: content.reaction }
    const given = await firstOf(user_ids, (author) => entries.get({ ...where, author }, ['seq', 'author']))
    if (content.change === 'reacted' || !given) return { given }
    const selection = { fields: ['author'], sort: { author: 1 }, limit: reactorsLooked } as const
    return { given, reactors: (await entries.find(where, selection)).map(({ author }) => author) }
  }

  /** What the asker has made with the cid, under any of their ids. */
  function known({ workspace_id, stream }: StreamKey, { cid, user_ids, isErasing }: ChangeDraft) {
    if (isErasing) return undefined
    return firstOf(user_ids, (author) => entries.get({ workspace_id, stream, author, cid }, ['fingerprint']))
  }

  /** Stops counting a reaction that was taken back. */
  async function takeBack({ workspace_id, stream }: StreamKey, { seq }: GivenReaction): Promise<void> {
    await entries.change({ workspace_id, stream, seq }, { $set: { about: null, aspect: null } })
  }

  async function changeTarget(
    key: StreamKey,
    cid: string,
    decided: Decided,
    placed: Parameters<typeof changeOf>[1],
  ): Promise<void> {
    const { workspace_id, stream } = key
    const change = changeOf(stream, placed, cid, decided)
    await deadlines.persist(async () => {
      const row = await entries.get({ workspace_id, stream, seq: change.target })
      // What is damaged stays so.
      if (!row || damageOf(row.text, { ...row, stream }) !== undefined) return true
      const left = changedRow(messageIn(row), row, change, decided)
      if (!left) return true
      if (!(await entries.change(asRead(key, row), { $set: left }))) return undefined
      if (decided.change === 'edited' && (await words.has(key))) await words.put(key, [{ ...row, ...left }])
      return true
    })
  }

  async function complete(
    log: MongoLog,
    { cid, fingerprint, decided, given }: PendingChange,
  ): Promise<boolean> {
    const draft: SilentDraft = {
      type: 'change',
      ...{ author: decided.by ?? '', cid, fingerprint, sid: null },
      columns: aspectOf(decided),
      entryOf: (placed) => changeOf(log.key.stream, placed, cid, decided),
    }
    const open: Open = { draft }
    await place(log, [open])
    if (!open.answer || 'conflict' in open.answer) return false
    if (given) await takeBack(log.key, given)
    await changeTarget(log.key, cid, decided, open.answer.placed)
    return true
  }

  async function attempt(pendings: Pendings, key: StreamKey, draft: ChangeDraft) {
    const log = await pendings.settled(key)
    const text = log && (await messageAt(log, draft.target.seq))
    if (!log || text === undefined) return noMessage
    const unchanged = { changed: false, text, head: log.head.seq }
    const repeated = await known(key, draft)
    if (repeated) return repeated.fingerprint === draft.fingerprint ? unchanged : cidTaken(draft.cid)
    const message = changeable(text, draft.target)
    if (!message) return noMessage
    const looked = await lookUp(key, draft)
    const decided = decide(message, draft, looked)
    if (!decided) return unchanged
    if ('refused' in decided) return decided
    return carryOut(pendings, log, draft, { decided, given: looked.given ?? null })
  }

  /** Undefined if another change was faster, from which this one has to be decided again. */
  async function carryOut(
    pendings: Pendings,
    log: MongoLog,
    { cid, fingerprint, target }: ChangeDraft,
    { decided, given }: Pick<PendingChange, 'decided' | 'given'>,
  ): Promise<ChangeOutcome | undefined> {
    const change: PendingChange = { cid, fingerprint, decided, given }
    const pending: Pending = { cid: `change:${newId()}`, targets: [], reason: 'deleted', change }
    let isTaken = false
    const own = async (now: MongoLog): Promise<void> => {
      isTaken = !(await complete(now, change))
    }
    if (!(await pendings.run(log, pending, own))) return undefined
    if (isTaken) return cidTaken(cid)
    const now = await find(log.key)
    const text = now && (await messageAt(now, target.seq))
    return now && text !== undefined ? { changed: true, text, head: now.head.seq } : noMessage
  }

  return {
    complete,
    change: (pendings, key, draft) => deadlines.persist(() => attempt(pendings, key, draft)),
  }
}

/** The first answer for one of some ids, of which there are few. */
async function firstOf<Answer>(
  ids: readonly string[],
  ask: (id: string) => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  return (await Promise.all(ids.map(ask))).find((answer) => answer !== undefined)
}
