import type { RequestError } from '@dowellchat/client'
import { SearchX } from 'lucide-react'
import { Link } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { paths } from '../../lib/paths.ts'

/** What the server says of a ticket that is not there, or whose address is none. */
const missing: readonly string[] = ['not_found', 'forbidden', 'invalid_payload']

/** Whether an error says that there is no such ticket for you. */
export function isMissing({ code }: RequestError): boolean {
  return missing.includes(code)
}

/** Shown in place of a ticket that is not there. */
export function NoTicket() {
  return (
    <EmptyState icon={SearchX} title="Ticket not found">
      <p>It may belong to somebody else, or the address may be incomplete.</p>
      <Link href={paths.tickets} className="button">
        All tickets
      </Link>
    </EmptyState>
  )
}
