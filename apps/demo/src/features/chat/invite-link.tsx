import { useCreateInvite } from '@dowellchat/client/react'
import { Check, Copy, Link as LinkIcon } from 'lucide-react'
import { useRef, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'

/** Makes a link with which somebody can join a room, to be copied and sent to them. */
export function InviteLink({ room }: { readonly room: string }) {
  const { createInvite, isPending, error } = useCreateInvite()
  const [link, setLink] = useState<string | null>(null)

  function create(): void {
    whenDone(createInvite(room), ({ invite }) =>
      setLink(`${location.origin}${location.pathname}#${paths.invite(invite)}`),
    )
  }

  if (link !== null) return <CopyLink link={link} />
  return (
    <>
      <button type="button" className="button" disabled={isPending} onClick={create}>
        <LinkIcon aria-hidden /> Invite by link
      </button>
      <Problem what={error} />
    </>
  )
}

function CopyLink({ link }: { readonly link: string }) {
  const [isCopied, setIsCopied] = useState(false)
  const input = useRef<HTMLInputElement>(null)

  async function copy(): Promise<void> {
    input.current?.select()
    try {
      await navigator.clipboard.writeText(link)
      setIsCopied(true)
    } catch {
      // Not allowed in this browser: the link is selected, to be copied by hand.
    }
  }

  return (
    <div className="invite-link">
      <div className="invite-link-row">
        <input ref={input} className="input" aria-label="Invite link" readOnly value={link} />
        <button
          type="button"
          className="button icon"
          aria-label="Copy the link"
          title="Copy the link"
          onClick={() => void copy()}
        >
          {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
        </button>
      </div>
      <p className="hint" role="status">
        {isCopied ? 'Copied. ' : ''}One person can use it, within 7 days.
      </p>
    </div>
  )
}
