/** Collects the success status of every endpoint from the description once, when the process starts. */
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

/** Returns the success status that the description declares. Throws for an endpoint that it does not have. */
export const successStatus = (method: string, path: string): number => {
  const status = statuses.get(`${method} ${path}`)
  if (status === undefined) throw new Error(`The description has no success of ${method} ${path}.`)
  return status
}
