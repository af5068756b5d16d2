/** Looks up what the description says of a success once, when the process starts. */
import { HttpApi } from "effect/http-api"
import { Api } from "../../api/v1/Api.ts"

const statuses = new Map<string, number>()

HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint, successes }) => {
    const [status] = successes.keys()
    if (status !== undefined) statuses.set(`${endpoint.method} ${endpoint.path}`, status)
  },
})

/** The status with which the description says that a call succeeds. Throws for a call that it does not have. */
export const successStatus = (method: string, path: string): number => {
  const status = statuses.get(`${method} ${path}`)
  if (status === undefined) throw new Error(`The description has no success of ${method} ${path}.`)
  return status
}
