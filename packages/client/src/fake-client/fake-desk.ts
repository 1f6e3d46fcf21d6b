import * as protocol from '@dowellchat/protocol'
import type { DataOf, PushOf } from '../entities.ts'
import { uuid } from '../uuid.ts'
import { type FakeWorld, now } from './fake-world.ts'
import { fixtures } from './fixtures.ts'
import { sampleWith } from './sample.ts'

type PayloadOf<K extends protocol.ClientRequestName> = protocol.PayloadOf<K>
type LineManager = protocol.LineManager
type CannedAnswer = protocol.CannedAnswer

/** What a fake server knows of its desk: topics, line managers, canned answers. One that is not known is made up, and changed. */
export class FakeDesk {
  readonly #world: FakeWorld

  constructor(world: FakeWorld) {
    this.#world = world
  }

  /** Forgets what the test says is gone. */
  note<K extends protocol.PushName>(name: K, pushed: PushOf<K>): void {
    const is = <N extends protocol.PushName>(one: N, _: unknown): _ is PushOf<N> => name === (one as string)
    const { lineManagers, cannedAnswers } = this.#world.memory
    if (is('line_manager_removed', pushed)) lineManagers.remove(pushed.user_id)
    if (is('canned_answer_changed', pushed) && !pushed.answer) cannedAnswers.remove(pushed.answer_id)
  }

  /** There is one place in every line, the first. */
  get_estimate = (payload: PayloadOf<'get_estimate'>): DataOf<'get_estimate'> =>
    fixtures.waitingEstimate({ ...payload, computed_at: now() })

  get_all_topics = (): protocol.Topic[] => this.#world.memory.topics.all()

  create_topic = ({ cid, ...draft }: PayloadOf<'create_topic'>): protocol.Topic => {
    const { memory, refuse } = this.#world
    return memory.topics.create(cid, () => {
      if (memory.topics.get(draft.name)) refuse('conflict', `Topic ${draft.name} already exists`)
      return this.#tellTopic(sampleWith(protocol.Topic, { created_at: now() }, draft))
    })
  }

  update_topic = ({ name, ...changes }: PayloadOf<'update_topic'>): protocol.Topic => {
    const { topics } = this.#world.memory
    const topic = topics.get(name) ?? sampleWith(protocol.Topic, { name }, {})
    return this.#tellTopic(topics.put(sampleWith(protocol.Topic, topic, changes)))
  }

  get_all_line_managers = (): LineManager[] =>
    this.#world.memory.lineManagers.all().sort((a, b) => a.positions_in_a_line - b.positions_in_a_line)

  create_line_manager = ({ cid, ...draft }: PayloadOf<'create_line_manager'>): LineManager => {
    const { memory, refuse } = this.#world
    return memory.lineManagers.create(cid, () => {
      const { user_id } = draft
      if (memory.lineManagers.get(user_id)) refuse('conflict', `${user_id} is a line manager already`)
      const usual = { is_active: true, created_at: now() }
      return this.#tellManager(sampleWith(protocol.LineManager, usual, draft))
    })
  }

  update_line_manager = ({ user_id, ...changes }: PayloadOf<'update_line_manager'>): LineManager =>
    this.#changeManager(user_id, changes)

  set_line_availability = (changes: PayloadOf<'set_line_availability'>): LineManager =>
    this.#changeManager(this.#world.user_id, changes)

  remove_line_manager = ({ user_id }: PayloadOf<'remove_line_manager'>): DataOf<'remove_line_manager'> => {
    this.#world.memory.lineManagers.remove(user_id)
    this.#world.push('line_manager_removed', { user_id })
    return { user_id, tickets: 0 }
  }

  get_canned_answers = ({ product, after = '' }: PayloadOf<'get_canned_answers'>) => {
    const all = this.#world.memory.cannedAnswers.all().sort((a, b) => (a.title < b.title ? -1 : 1))
    const fits = (one: CannedAnswer): boolean =>
      product === undefined || one.product === null || one.product === product
    return { answers: all.filter((one) => fits(one) && one.title > after), more: false }
  }

  create_canned_answer = ({ cid, ...draft }: PayloadOf<'create_canned_answer'>): CannedAnswer => {
    const { memory, refuse } = this.#world
    return memory.cannedAnswers.create(cid, () => {
      const isTaken = memory.cannedAnswers.all().some(({ title }) => title === draft.title)
      if (isTaken) refuse('conflict', `Canned answer ${draft.title} already exists`)
      const usual = { _id: uuid(), created_at: now(), updated_at: now() }
      return this.#tellAnswer(sampleWith(protocol.CannedAnswer, usual, draft))
    })
  }

  update_canned_answer = ({ answer_id, ...changes }: PayloadOf<'update_canned_answer'>): CannedAnswer => {
    const { cannedAnswers } = this.#world.memory
    const answer = cannedAnswers.get(answer_id) ?? fixtures.cannedAnswer({ _id: answer_id })
    return this.#tellAnswer(
      cannedAnswers.put({ ...sampleWith(protocol.CannedAnswer, answer, changes), updated_at: now() }),
    )
  }

  delete_canned_answer = ({ answer_id }: PayloadOf<'delete_canned_answer'>): { answer_id: string } => {
    this.#world.memory.cannedAnswers.remove(answer_id)
    this.#world.push('canned_answer_changed', { answer_id, answer: null })
    return { answer_id }
  }

  #changeManager(user_id: string, changes: object): LineManager {
    const { lineManagers } = this.#world.memory
    const manager = lineManagers.get(user_id) ?? fixtures.lineManager({ user_id })
    return this.#tellManager(lineManagers.put(sampleWith(protocol.LineManager, manager, changes)))
  }

  #tellTopic(data: protocol.Topic): protocol.Topic {
    this.#world.push('topic_changed', { data })
    return data
  }

  #tellManager(data: LineManager): LineManager {
    this.#world.push('line_manager_changed', { data })
    return data
  }

  #tellAnswer(answer: CannedAnswer): CannedAnswer {
    this.#world.push('canned_answer_changed', { answer_id: answer._id, answer })
    return answer
  }
}
