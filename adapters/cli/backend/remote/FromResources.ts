/** Converts the resources of the API to domain values. */

import type { MergedTask } from "../../../../application/tasks/MergeTask.ts"
import type { EmailAddress } from "../../../../domain/accounts/EmailAddress.ts"
import type { Profile } from "../../../../domain/accounts/Profile.ts"
import type { Device } from "../../../../domain/accounts/Session.ts"
import type { SessionId } from "../../../../domain/accounts/SessionId.ts"
import type { FullName } from "../../../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import type { Category, CategoryColor, CategoryFields, CategoryName } from "../../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import { type Divergence, StaleCategoryVersion, StaleTaskVersion } from "../../../../domain/changes/StaleVersion.ts"
import type { Timestamp } from "../../../../domain/shared/Timestamp.ts"
import type { Version } from "../../../../domain/shared/Version.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../../domain/tasks/TaskId.ts"
import type { CategoryResource } from "../../../http/api/v1/CategoryResource.ts"
import type { MergeResource } from "../../../http/api/v1/MergeResource.ts"
import {
  type CategoryFieldName,
  fieldsOfNames,
  fromSomeTaskValues,
  type SomeCategoryValues,
  type SomeTaskValues,
  type TaskFieldName,
} from "../../../http/api/v1/RecordedValues.ts"
import type { SessionResource } from "../../../http/api/v1/SessionResource.ts"
import { fieldsOfResource, type TaskResource } from "../../../http/api/v1/TaskResource.ts"
import type { UserResource } from "../../../http/api/v1/UserResource.ts"
import type { ActiveSession } from "../Backend.ts"

// Responses were decoded; brands are asserted, not checked. Output escapes control characters.

export const toCategory = (resource: CategoryResource): Category => ({
  id: resource.id as CategoryId,
  userId: resource.user_id as UserId,
  name: resource.name as CategoryName,
  color: resource.color as CategoryColor | null,
  version: resource.version as Version,
  createdAt: resource.created_at as Timestamp,
  updatedAt: resource.updated_at as Timestamp,
})

export const toTask = (resource: TaskResource): Task => ({
  id: resource.id as TaskId,
  userId: resource.user_id as UserId,
  ...fieldsOfResource(resource),
  categories: resource.categories.map(toCategory),
  version: resource.version as Version,
  createdAt: resource.created_at as Timestamp,
  updatedAt: resource.updated_at as Timestamp,
})

export const toProfile = (resource: UserResource): Profile => ({
  id: resource.id as UserId,
  email: resource.email as EmailAddress,
  fullName: resource.full_name as FullName,
  isEmailVerified: resource.is_active,
  createdAt: resource.created_at as Timestamp,
  updatedAt: resource.updated_at as Timestamp,
})

export const toActiveSession = (resource: SessionResource): ActiveSession => ({
  id: resource.id as SessionId,
  device: resource.device as Device | null,
  createdAt: resource.created_at as Timestamp,
  lastUsedAt: resource.last_used_at as Timestamp,
  expiresAt: resource.expires_at as Timestamp,
  isCurrent: resource.current,
})

export const toSignedInUser = (resource: Pick<UserResource, "id" | "email" | "full_name">) => ({
  id: resource.id as UserId,
  email: resource.email as EmailAddress,
  fullName: resource.full_name as FullName,
})

/** The members of a version conflict. */
interface Conflict<Current, Values, Name> {
  readonly base_version: number | null
  readonly current: Current
  readonly base: Values | null
  readonly changed_fields: ReadonlyArray<Name> | null
  readonly conflicting_fields: ReadonlyArray<Name> | null
  readonly mergeable: boolean
}

/** Converts what is known about the base; null if the history does not reach back to it. */
const toDivergence = <Current, Values, Name, V>(
  { base, changed_fields, conflicting_fields, mergeable }: Conflict<Current, Values, Name>,
  toValues: (values: Values) => Divergence<V>["base"],
  toFields: (names: ReadonlyArray<Name>) => Divergence<V>["changedFields"],
): Divergence<V> | null =>
  base === null || changed_fields === null || conflicting_fields === null
    ? null
    : {
        base: toValues(base),
        changedFields: toFields(changed_fields),
        conflictingFields: toFields(conflicting_fields),
        isMergeable: mergeable,
      }

export const toStaleTaskVersion = (problem: Conflict<TaskResource, SomeTaskValues, TaskFieldName>): StaleTaskVersion =>
  new StaleTaskVersion({
    base: problem.base_version as Version | null,
    current: toTask(problem.current),
    divergence: toDivergence(problem, fromSomeTaskValues, fieldsOfNames),
  })

export const toStaleCategoryVersion = (
  problem: Conflict<CategoryResource, SomeCategoryValues, CategoryFieldName>,
): StaleCategoryVersion =>
  new StaleCategoryVersion({
    base: problem.base_version as Version | null,
    current: toCategory(problem.current),
    divergence: toDivergence(
      problem,
      (values) => values as Divergence<CategoryFields>["base"],
      (names) => names,
    ),
  })

export const toMergedTask = ({
  merged,
  task,
}: {
  readonly task: TaskResource
  readonly merged?: MergeResource
}): MergedTask => ({
  task: toTask(task),
  merged:
    merged === undefined
      ? null
      : {
          base: merged.base_version as Version,
          onto: merged.onto_version as Version,
          kept: fieldsOfNames(merged.kept),
        },
})
