import { ArrowLeft } from 'lucide-react'
import { Link } from 'wouter'

/** Back to the list, on screens too narrow to show it beside the page. */
export function BackLink({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <Link href={href} className="button quiet icon split-back" aria-label={label}>
      <ArrowLeft aria-hidden />
    </Link>
  )
}
