import { randomUUID } from 'node:crypto'

/** What an attacker does again and again. */
export interface Attack {
  /** The frames of one step. */
  readonly frames: (step: number) => readonly string[]
  /** It never reads what it asks for. */
  readonly isDeaf?: true
  /** It connects and leaves, and asks for nothing. */
  readonly isHandshake?: true
}

const event = (name: string, payload: unknown, id: number | '' = ''): string =>
  `42${id}${JSON.stringify([name, payload])}`

export const attacks = {
  invalid: {
    frames: (step) => [
      event('nothing_of_ours', { step }),
      event('message_event', { room_id: 7, step }),
      event('join', null),
    ],
  },
  sends: {
    frames: (step) => [
      event('message_event', { room_id: 'flooded', message_data: `spam ${step}`, cid: randomUUID() }),
    ],
  },
  tickets: { frames: (step) => [event('create_ticket', { product: 'sales', cid: randomUUID() }, step)] },
  joins: { frames: (step) => [event('join', { room: `room ${step}` }, step)] },
  pages: {
    isDeaf: true,
    frames: (step) => [event('join', { room: 'filled', limit: 200 }, step)],
  },
  calls: {
    frames: (step) => [
      event('callUser', { userToCall: 'victim', signalData: 'x', from: 'me', cid: randomUUID() }, step),
    ],
  },
  handshakes: { isHandshake: true, frames: () => [] },
} as const satisfies Record<string, Attack>

export type AttackName = keyof typeof attacks
export const attackNames = Object.keys(attacks) as AttackName[]
