import { useSession } from '@dowellchat/client/react'
import { Phone } from 'lucide-react'
import { Link } from 'wouter'
import { paths } from '../../lib/paths.ts'

interface CallLinkProps {
  /** A person, or a room with those who are in it. */
  readonly to: string
  readonly name: string
  /** The ticket to call about. */
  readonly ticket?: string
}

/** Leads to a call with somebody, where one may call at all. */
export function CallLink({ to, name, ticket }: CallLinkProps) {
  if (!useSession().can('callUser')) return null
  return (
    <Link href={paths.callTo(to, ticket)} className="button" aria-label={`Call ${name}`}>
      <Phone aria-hidden /> <span className="wide-only">Call</span>
    </Link>
  )
}
