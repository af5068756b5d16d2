/** The flags for a task's fields, which several commands share, and how they are decoded. */
import { Effect, Option } from "effect"
import { Flag } from "effect/cli"
import {
  type TaskChanges,
  TaskDescription,
  type TaskFields,
  TaskPriority,
  TaskStatus,
} from "../../../domain/tasks/TaskFields.ts"
import { decodeArgument, decodeDate } from "./DecodeArgument.ts"
import { dueDateGrammar } from "./DueDate.ts"

/** The maximum number of categories that a command names. */
const maximumCategories = 50

export const priority = Flag.Literals("priority", TaskPriority.literals).pipe(
  Flag.withDescription("How urgent it is"),
  Flag.optional,
)
export const status = Flag.Literals("status", TaskStatus.literals).pipe(
  Flag.withDescription("How far along it is"),
  Flag.optional,
)
export const categories = Flag.String("category").pipe(
  Flag.withMetavar("NAME"),
  Flag.withDescription("A category of yours, by name; may be given more than once"),
  Flag.between(0, maximumCategories),
)

/** A flag for each field but the title, which a new task takes as an argument. */
export const taskFlags = {
  dueDate: Flag.String("due").pipe(
    Flag.withMetavar("DATE"),
    Flag.withDescription(`When it is due: ${dueDateGrammar}`),
    Flag.optional,
  ),
  priority,
  description: Flag.String("description").pipe(
    Flag.withDescription("More words, at most 2000 characters"),
    Flag.optional,
  ),
  status,
} satisfies { readonly [Field in Exclude<keyof TaskFields, "title">]: Flag.Flag<unknown> }

/** The flags of the fields, as messages list them. */
export const fieldFlags = "--title, --description, --due, --priority or --status"

type ValueOf<F> = F extends Flag.Flag<infer Value> ? Value : never

/** What the flags give. */
export type GivenFields = { readonly [Field in keyof typeof taskFlags]: ValueOf<(typeof taskFlags)[Field]> }

/** Decodes the fields that flags give. With `canClear`, `none` clears a due date or a description. */
export const decodeFields = Effect.fnUntraced(function* (given: GivenFields, canClear: boolean) {
  const decode = <A, E, R>(text: Option.Option<string>, decodeText: (text: string) => Effect.Effect<A, E, R>) =>
    Option.match(text, { onNone: () => Effect.succeed(undefined), onSome: decodeText })
  const orNull =
    <A, E, R>(decodeText: (text: string) => Effect.Effect<A, E, R>) =>
    (text: string): Effect.Effect<A | null, E, R> =>
      canClear && text === "none" ? Effect.succeed(null) : decodeText(text)
  return {
    description: yield* decode(
      given.description,
      orNull((text) => decodeArgument(TaskDescription, "description", text)),
    ),
    dueDate: yield* decode(
      given.dueDate,
      orNull((text) => decodeDate(text, "due")),
    ),
    priority: Option.getOrUndefined(given.priority),
    status: Option.getOrUndefined(given.status),
  } satisfies { readonly [Field in keyof typeof taskFlags]: TaskChanges[Field] }
})
