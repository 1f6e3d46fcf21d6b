import { useLocation } from 'wouter'
import { paths } from '../../lib/paths.ts'
import { isDeskPane, suggestedName } from '../../settings.ts'
import { useIsLoggingIn } from '../people/use-person.ts'

/** Whether a visitor has come to the demo as such: to none of its pages, with no name, and not to log in. */
export function useIsFirstPage(): boolean {
  const [location] = useLocation()
  const isLoggingIn = useIsLoggingIn()
  return location === paths.shop && suggestedName === '' && !isDeskPane && !isLoggingIn
}
