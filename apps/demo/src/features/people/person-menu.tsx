import { useBlockUser } from '@dowellchat/client/react'
import { Ban, Ellipsis, Flag } from 'lucide-react'
import { useState } from 'react'
import { lazyPart } from '../../components/lazy-part.tsx'
import { MenuButton } from '../../components/menu-button.tsx'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useIsBlocked } from './use-is-blocked.ts'

const ReportDialog = lazyPart(async () => (await import('./report-dialog.tsx')).ReportDialog, {
  failing: 'over',
})

interface PersonMenuProps {
  readonly userId: string
  readonly name: string
}

/** What you can do about a person: block and report them. */
export function PersonMenu({ userId, name }: PersonMenuProps) {
  const { blockUser, unblockUser, error } = useBlockUser()
  const isBlocked = useIsBlocked(userId)
  const [change, said] = isBlocked ? [unblockUser, 'no longer blocked'] : [blockUser, 'blocked']
  const [isReporting, setIsReporting] = useState(false)
  return (
    <>
      <MenuButton
        label={`More about ${name}`}
        icon={Ellipsis}
        items={() => [
          {
            label: isBlocked ? 'Unblock' : 'Block',
            icon: Ban,
            onChoose: () => whenDone(change(userId), () => announce(`${name} is ${said}`)),
          },
          { label: 'Report', icon: Flag, isDanger: true, onChoose: () => setIsReporting(true) },
        ]}
      />
      <Problem what={error} />
      {isReporting && (
        <ReportDialog
          title={`Report ${name}`}
          target={{ user_id: userId }}
          onClose={() => setIsReporting(false)}
        />
      )}
    </>
  )
}
