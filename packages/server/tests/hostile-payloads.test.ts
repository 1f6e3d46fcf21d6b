import { Failure, type RequestName, requests } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { expectUnharmed, openScene } from './support/hostile-scene.ts'
import { requestNames, schemaOf, validPayload, wrongFields, wrongPayloads } from './support/wrong-payloads.ts'

/** Fields that take more than others of their type. */
const wider: Partial<Record<RequestName, readonly string[]>> = {
  // People are found by any id that earlier versions have stored.
  export_user: ['user_id'],
  erase_user: ['user_id'],
  // A message with files may have no text.
  edit_message: ['message_data'],
  create_ticket: ['message_data'],
  // A part of a text may be a space, or end between the halves of a character.
  draft_message: ['text'],
  // What V2's pages keep for a workspace.
  set_meta_setting: ['waiting_time', 'operation_time'],
}

function isTaken(name: RequestName, field: string, payload: unknown): boolean {
  return wider[name]?.includes(field) === true && z.safeParse(requests[name].payload, payload).success
}

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 160)

/** One line that may be shown: nothing of our insides. */
const displayable = /^(?!.*(\bat \S+:\d+|Zod|node_modules|SQLITE|Cannot read|undefined))[^\n]{1,300}$/

describe('a payload that a request does not take', () => {
  it.each(requestNames)(
    '[H41, H43, H45, H46, H49] is refused with and without an acknowledgement: %s',
    async (name) => {
      const here = await openScene()
      const { eve, asked } = here
      const wrong = wrongFields(schemaOf(name), validPayload(name)).filter(
        ([field, payload]) => !isTaken(name, field, payload),
      )
      const cases: [string, unknown[]][] = [
        ...wrongPayloads(name).map((args): [string, unknown[]] => ['', args]),
        ...wrong.map(([field, payload]): [string, unknown[]] => [field, [payload]]),
      ]

      const answers = await Promise.all(cases.map(([, args]) => eve.ask(name, ...args)))
      const misjudged = cases.filter(([field], at) => {
        const { success, data } = Failure.safeParse(answers[at])
        const isTold =
          success &&
          data.operation === name &&
          data.error.code === 'invalid_payload' &&
          displayable.test(data.data)
        return !isTold || !data.data.includes(field)
      })
      expect(misjudged.map(([field, args]) => `${field}: ${shown(args)}`)).toEqual([])
      expect(asked).toEqual([])
      expect(await eve.heard()).toEqual([])

      for (const [, args] of cases) eve.emit(name, ...args)
      const heard = await eve.heard(cases.length)
      expect(heard).toEqual(answers.map((answer) => ['error_response', answer]))
      expect(asked).toEqual([])
      await expectUnharmed(here)
    },
  )

  it('[H41, H43] is met by a table that knows every request and every field', async () => {
    for (const name of requestNames) {
      expect(requests[name].payload).toBeDefined()
      expect([name, z.safeParse(requests[name].payload, validPayload(name)).success]).toEqual([name, true])
      const { properties = {} } = schemaOf(name)
      const tried = new Set(wrongFields(schemaOf(name), validPayload(name)).map(([field]) => field))
      const untried = Object.keys(properties).filter(
        (field) => !tried.has(field) && field !== 'client_created_at',
      )
      expect([name, untried]).toEqual([name, []])
    }
  })
})
