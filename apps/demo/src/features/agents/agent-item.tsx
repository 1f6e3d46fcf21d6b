import type { LineManager } from '@dowellchat/client'
import { useAction, useChatClient } from '@dowellchat/client/react'
import { Pause, Pencil, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Avatar } from '../../components/avatar.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { openWords, whereabouts } from './agent-words.ts'
import { EditAgent } from './edit-agent.tsx'
import { PresenceMark } from './presence-mark.tsx'
import { RemoveAgent } from './remove-agent.tsx'

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** Somebody who takes tickets, and what an admin does about them. */
export function AgentItem({ agent }: { readonly agent: LineManager }) {
  const { user_id, is_active, average_serving_time, topics, positions_in_a_line } = agent
  const { lineManagers } = useChatClient()
  const { run, isPending, error } = useAction(lineManagers.update)
  const [dialog, setDialog] = useState<'edit' | 'remove' | null>(null)
  const name = useNameOf(user_id)
  const titleOf = useTopicTitle()
  const served = topics === null ? 'all topics' : list.format(topics.map(titleOf)) || 'no topics'

  function pause(): void {
    whenDone(run(user_id, { is_active: !is_active }), () =>
      announce(is_active ? `${name} is paused` : `${name} takes tickets again`),
    )
  }

  return (
    <li>
      <Avatar name={name} id={user_id} />
      <div className="agent-about">
        <p>
          <bdi>{name}</bdi> <PresenceMark agent={agent} />
          <span className="agent-where">{whereabouts(agent)}</span>
        </p>
        <p className="muted">
          {openWords(agent)} · {average_serving_time} min a ticket · position {positions_in_a_line} · {served}
        </p>
        <Problem what={error} />
      </div>
      <div className="agent-buttons">
        <IconButton
          label={is_active ? `Pause ${name}` : `Let ${name} take tickets again`}
          icon={is_active ? Pause : Play}
          isSmall
          isDisabled={isPending}
          onPress={pause}
        />
        <IconButton label={`Edit ${name}`} icon={Pencil} isSmall onPress={() => setDialog('edit')} />
        <IconButton label={`Remove ${name}`} icon={Trash2} isSmall onPress={() => setDialog('remove')} />
      </div>
      {dialog === 'edit' && <EditAgent agent={agent} name={name} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && <RemoveAgent agent={agent} name={name} onClose={() => setDialog(null)} />}
    </li>
  )
}
