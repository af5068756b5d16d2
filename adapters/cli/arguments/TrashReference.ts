/** Resolves the deleted tasks that a command names: by id, or by part of an id. */
import { Effect } from "effect"
import { Argument } from "effect/cli"
import type { TrashedTask } from "../../../application/tasks/ListTrash.ts"
import { CursorPageLimit } from "../../../domain/shared/Page.ts"
import type { TaskId } from "../../../domain/tasks/TaskId.ts"
import { InvalidInput, NotFound } from "../CliErrors.ts"
import { isNamedBy, isShortId, shortestEnd, shortIds } from "../ShortId.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const pageLimit = CursorPageLimit.make(200)
/** The maximum number of pages that are searched for a part of an id: 10,000 tasks. */
const maximumPages = 50
const maximumReferences = 100

/** The argument that names one deleted task or more. */
export const trashReferences = Argument.String("task").pipe(
  Argument.withDescription(
    `The id of a deleted task, or the last ${shortestEnd} or more characters of it, as trash list shows them`,
  ),
  Argument.between(1, maximumReferences),
)

/** Finds the tasks, each once. Fails before any change if a reference matches no task in the trash, or more than one. */
export const resolveTrashed = Effect.fnUntraced(function* (references: ReadonlyArray<string>) {
  const texts = references.map((reference) => reference.trim().toLowerCase())
  const wrong = texts.findIndex((text) => !uuid.test(text) && !isShortId(text))
  if (wrong >= 0) {
    const message = `"${references[wrong]}" names no deleted task. Give the last ${shortestEnd} or more characters of its id.`
    return yield* new InvalidInput({ message })
  }
  const trash = texts.every((text) => uuid.test(text)) ? [] : yield* readTrash
  const ids = yield* Effect.forEach(texts, (text) => resolve(text, trash))
  return [...new Set(ids)]
})

const resolve = (text: string, trash: ReadonlyArray<TrashedTask>): Effect.Effect<TaskId, InvalidInput | NotFound> => {
  if (uuid.test(text)) return Effect.succeed(text as TaskId)
  const fitting = trash.map(({ task }) => task.id).filter((id) => isNamedBy(id, text))
  const [found, ...others] = fitting
  if (found === undefined) {
    return Effect.fail(new NotFound({ message: `No deleted task of yours has an id that ends with ${text}.` }))
  }
  return others.length > 0
    ? Effect.fail(new InvalidInput({ message: `${text} names more than one task: ${shortIds(fitting).join(", ")}.` }))
    : Effect.succeed(found)
}

const readTrash = Effect.gen(function* () {
  const trash: Array<TrashedTask> = []
  let cursor: string | undefined
  for (let pages = 0; pages < maximumPages; pages++) {
    const query = { cursor, limit: pageLimit }
    const page = yield* callAsUser((backend) => backend.listTrash(query))
    trash.push(...page.data)
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  return trash
})
