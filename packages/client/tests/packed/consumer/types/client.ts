import * as sdk from '@dowellchat/client'
import {
  type ChatClient,
  type CodeOf,
  createChatClient,
  isRequestError,
  type Ticket,
} from '@dowellchat/client'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<T> = 0 extends 1 & T ? true : false
const yes = <T extends true>(..._proof: T[]): void => {}
const no = <T extends false>(..._proof: T[]): void => {}

const client = createChatClient({ url: 'http://localhost:4000', auth: { getToken: async () => 'a token' } })
// @ts-expect-error nobody says who they are without a proof
createChatClient({ url: 'http://localhost:4000', auth: { workspace_id: 'demo', user_id: 'ann' } })
yes<Equal<typeof client, ChatClient>>()

export async function closeTicket(ticket_id: string): Promise<Ticket | CodeOf<'close_ticket'>> {
  try {
    const { ticket, closed_now } = await client.request.close_ticket({ ticket_id })
    yes<Equal<typeof ticket, Ticket>>()
    yes<Equal<typeof closed_now, boolean>>()
    // @ts-expect-error the contract has no such field
    void ticket.colour
    return ticket
  } catch (error) {
    if (isRequestError(error, 'close_ticket')) return error.code
    throw error
  }
}

client.on.new_ticket(({ data }) => yes<Equal<typeof data, Ticket>>())
// @ts-expect-error a type alone: the schema of that name is the protocol's
void sdk.Ticket
// @ts-expect-error no such request
void client.request.open_sesame
// @ts-expect-error a name is a text
void client.request.join({ room: 1 })

type Answer<K extends keyof ChatClient['request']> = Awaited<ReturnType<ChatClient['request'][K]>>
type AnyAnswer = { [K in keyof ChatClient['request']]: IsAny<Answer<K>> }[keyof ChatClient['request']]
type AnyPush = {
  [K in keyof ChatClient['on']]: IsAny<Parameters<Parameters<ChatClient['on'][K]>[0]>[0]>
}[keyof ChatClient['on']]
no<AnyAnswer>()
no<AnyPush>()
no<IsAny<ReturnType<ChatClient['connection']['getSnapshot']>['session']>>()
