import { Avatar } from '../../components/avatar.tsx'
import { useNameMap } from './use-names-of.ts'
import { useSelf } from './use-self.ts'
import './people-list.css'

/** People by their names, with their pictures. */
export function PeopleList({ ids }: { readonly ids: readonly string[] }) {
  const { userId } = useSelf()
  const names = useNameMap(ids)
  return (
    <ul className="people-list">
      {ids.map((id) => (
        <li key={id}>
          <Avatar name={names.get(id) ?? ''} id={id} size="s" />
          <bdi className="one-line">{id === userId ? 'You' : names.get(id)}</bdi>
        </li>
      ))}
    </ul>
  )
}
