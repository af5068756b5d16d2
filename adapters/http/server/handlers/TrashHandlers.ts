/** Connects the endpoints for deleted tasks to their use cases. */
import { Effect } from "effect"
import { emptyTrash } from "../../../../application/tasks/EmptyTrash.ts"
import { listTrash } from "../../../../application/tasks/ListTrash.ts"
import { purgeTask } from "../../../../application/tasks/PurgeTask.ts"
import { toTaskResource } from "../../api/v1/TaskResource.ts"
import type { TrashApi } from "../../api/v1/TrashApi.ts"
import { type Handlers, mutation, noContent } from "./Handlers.ts"

export const trashHandlers: Handlers<typeof TrashApi> = {
  listTrash: Effect.fnUntraced(function* ({ query }, { identity: { userId } }) {
    const { data, nextCursor } = yield* listTrash({ ...query, userId })
    return {
      data: data.map(({ deletedAt, purgeAt, task }) => ({
        ...toTaskResource(task),
        deleted_at: deletedAt,
        purge_at: purgeAt,
      })),
      next_cursor: nextCursor,
    }
  }),
  purgeTask: mutation(
    ({ params }, { identity: { userId } }) => purgeTask({ userId, taskId: params.task_id }),
    noContent,
  ),
  emptyTrash: mutation(
    (_, { identity: { userId } }) => emptyTrash({ userId }),
    ({ purged }) => ({ purged }),
  ),
}
