import { useInvite } from '@dowellchat/client/react'
import { Check, Copy, Link as LinkIcon } from 'lucide-react'
import { useCallback, useRef, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { useTask } from '../../lib/use-task.ts'

/** Makes a link with which somebody can join a room, to be copied and sent to them. */
export function InviteLink({ room }: { readonly room: string }) {
  const { createInvite } = useInvite(room)
  const [link, setLink] = useState<string | null>(null)
  const { run, isPending, problem } = useTask(
    useCallback(async () => {
      const { invite } = await createInvite()
      setLink(`${location.origin}${location.pathname}#${paths.invite(invite)}`)
    }, [createInvite]),
  )
  if (link !== null) return <CopyLink link={link} />
  return (
    <>
      <button type="button" className="button" disabled={isPending} onClick={() => void run()}>
        <LinkIcon aria-hidden /> Invite by link
      </button>
      <Problem text={problem} />
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
