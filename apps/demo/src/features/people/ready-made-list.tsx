import { Avatar } from '../../components/avatar.tsx'
import { roleTitles, userIdOf } from './names.ts'
import { enterAs } from './person.ts'
import { type ReadyMadePerson, readyMadePeople } from './ready-made-people.ts'

/** People to enter as with one click. */
export function ReadyMadeList() {
  return (
    <section aria-labelledby="ready-made">
      <h2 id="ready-made">Choose somebody</h2>
      <ul className="ready-made">
        {readyMadePeople.map((one) => (
          <li key={one.name}>
            <ReadyMade person={one} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function ReadyMade({ person: { name, role, about } }: { readonly person: ReadyMadePerson }) {
  return (
    <button type="button" className="ready-made-person" onClick={() => enterAs(name, role)}>
      <Avatar name={name} id={userIdOf(name)} />
      <span className="ready-made-about">
        <strong>{name}</strong> <span className="muted">{about}</span>
      </span>
      <span className={`badge ${role === 'customer' ? '' : 'accent'}`}>{roleTitles[role]}</span>
    </button>
  )
}
