import * as z from 'zod/mini'
import { checkIce, type IceOptions } from '../calls/ice-servers.ts'
import { StartError } from '../errors.ts'
import { listOf } from './workspaces.ts'

/** The variables about servers that help to connect calls. */
export const iceVariables = {
  STUN_URLS: z.optional(z.string()),
  TURN_URLS: z.optional(z.string()),
  TURN_SECRET: z.optional(z.string()),
} as const

type IceVariables = { readonly [K in keyof typeof iceVariables]?: string | undefined }

const names = { stun: 'STUN_URLS', urls: 'TURN_URLS', secret: 'TURN_SECRET' }

/** Undefined where none are set. @throws StartError that names the variable, and shows no secret */
export function readIce({ STUN_URLS, TURN_URLS, TURN_SECRET }: IceVariables): IceOptions | undefined {
  const stun = STUN_URLS === undefined ? undefined : listOf(STUN_URLS)
  const turn = readTurn(TURN_URLS, TURN_SECRET)
  if (!stun && !turn) return undefined
  const options = { ...(stun && { stun }), ...(turn && { turn }) }
  checkIce(options, names)
  return options
}

function readTurn(urls: string | undefined, secret: string | undefined): IceOptions['turn'] {
  if (urls === undefined && secret === undefined) return undefined
  if (urls === undefined)
    throw new StartError('TURN_URLS: TURN_SECRET is for a TURN server: set TURN_URLS too')
  if (secret === undefined)
    throw new StartError(
      'TURN_SECRET: a TURN server lets nobody in without it: set it to its static-auth-secret, beside TURN_URLS',
    )
  return { urls: listOf(urls), secret }
}
