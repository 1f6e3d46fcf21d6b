// Until the contract has them.
import type { LineManager, Ticket, Topic } from '../entities.ts'
import type { PushMethods } from './push.ts'
import type { RequestMethods } from './request.ts'

export interface Coming {
  readonly request: RequestMethods & {
    get_ticket(payload: { ticket_id: string }): Promise<Ticket>
    get_tickets(payload: {
      product?: string
      is_closed?: boolean
      before?: string
      limit: number
    }): Promise<{ tickets: Ticket[]; more: boolean }>
  }
  readonly on: PushMethods & {
    topic_changed?(listener: (push: { data: Topic }) => void): () => void
    line_manager_changed?(listener: (push: { data: LineManager }) => void): () => void
  }
}
